"""What concept learning does to a tiny model that was fitted to photographs (needs torch, peft).

    python -m benchmarks.concepts [--layers attn2.to_k attn2.to_v]

A person and a cup, in colours that the model never saw, are learned from one collage. Losses are
compared on the same times and noises before and after, as loaded from the files that are kept.
The control, while the concepts are attached: a token that was not learned, in the same pictures on
the same masks.

Then the same with pictures of other persons and cups beside (prior preservation), and what either
adapter does to still others when it is open, as it is to all that a prompt names beside a concept.
``--layers``: only these get a LoRA, and only the first table is made.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from PIL import Image

from ggedit.backends.graph.concepts import attached, teach_rows
from ggedit.backends.graph.network import Network
from ggedit.backends.placement import Placement
from ggedit.config import load_settings
from ggedit.core.picture import Picture
from ggedit.training import concepts
from ggedit.training.concept_attention import watching
from ggedit.training.concept_losses import Draw, Objective
from ggedit.training.concept_prior import folder_of, read_pictures
from ggedit.training.concept_rows import first_rows
from ggedit.training.concept_subjects import Subject, sentence_of
from ggedit.training.concept_views import Key, Views
from ggedit.training.concepts import ConceptConfig, Wish, train
from tests.tiny.collages import Placed, collage
from tests.tiny.fitted import fitted_pipeline

TIMES = tuple(range(50, 1000, 100))
NOISES = 2
TINY = ConceptConfig(
    rank=16, row_steps=40, lora_steps=400, row_rate=4e-2, late_row_rate=2e-3, lora_rate=4e-3, attention=0.02,
    crops=1, checkpointing=0,
)  # fmt: skip
"""Larger steps than a full model's: this one's rows are 32 numbers."""


@dataclass(frozen=True)
class Figures:
    """Mean losses over the fixed times and noises."""

    masked: float
    attention: float


def network() -> Network:
    return Network.of(fitted_pipeline(), Placement(torch.device("cpu"), torch.float32))


def scene() -> tuple[Picture, tuple[Subject, ...]]:
    """A standing person, which is animate, and a cup, with turned colours."""
    picture, masks = collage([Placed("person", 0.3, 0.5, 0.62, 120), Placed("cup", 0.73, 0.5, 0.5, 200)], "leaves")
    return picture, (
        Subject("person-1", "<person-1>", "person", masks[0], pose="standing"),
        Subject("cup-1", "<cup-1>", "cup", masks[1]),
    )


def unlearned(subject: Subject) -> Subject:
    """Another word for the same pixels, of which nothing was learned."""
    return Subject("helmet-1", "<helmet-1>", "helmet", subject.mask, subject.pose)


def learn(wish: Wish, out: Path) -> float:
    """Seconds of one core."""
    began = time.process_time()
    for _ in train(network(), wish, out):
        pass
    return time.process_time() - began


@contextmanager
def known(model: Network, subjects: tuple[Subject, ...], out: Path | None) -> Iterator[tuple[Subject, ...]]:
    """The network with the subjects' tokens as they begin, or as they were learned and kept in ``out``, a
    folder of ``GGEDIT_HOME/concepts``; the subjects with the tokens that they have then."""
    matrix = model.text_encoder.get_input_embeddings().weight
    begun = first_rows(subjects, model.tokenizer, matrix)
    teach_rows(model, {subject.token: row for subject, row in zip(subjects, begun, strict=True)})
    with watching(model.unet):
        if out is None:
            yield subjects
            return
        settings = load_settings({"GGEDIT_HOME": str(out.parent.parent)})
        names = {subject.node: f"{out.name}/{subject.token}" for subject in subjects}
        with attached(model, settings, list(names.values())) as learned:
            yield tuple(replace(subject, token=learned[names[subject.node]].token) for subject in subjects)


@torch.no_grad()
def measured(model: Network, picture: Picture, called: Subject, shown: Subject) -> Figures:
    """The losses of one thing's plain window when it is called by some token."""
    views = Views(model, picture, (shown,), crops=1, flips=False, seed=0)[Key((0,))]
    objective = Objective(model, (called,), attention=1.0, prior=0.0, classes=None)
    sentence = sentence_of([called], model.tokenizer)
    found = []
    for when in TIMES:
        for seed in range(NOISES):
            noise = torch.randn(views.mean.shape, generator=torch.Generator().manual_seed(1000 * when + seed))
            found.append(objective.of(Draw(views, (called,), sentence, views.mean, noise, when)))
    return Figures(
        float(torch.stack([f.masked for f in found]).mean()), float(torch.stack([f.attention for f in found]).mean())
    )


def table(out: Path, picture: Picture, subjects: tuple[Subject, ...]) -> dict[str, tuple[Figures, Figures]]:
    """What is called by what -> before and after."""
    model, rows = network(), {}
    control = unlearned(subjects[0])
    for state in (None, out):
        with known(model, (control,), None), known(model, subjects, state) as called:
            for subject, token in zip(subjects, called, strict=True):
                for name, by in (("its token", token), (f"{control.token}, not learned", control)):
                    row = rows.setdefault(f"the {subject.noun} by {name}", [])
                    row.append(measured(model, picture, by, subject))
    return {name: (before, after) for name, (before, after) in rows.items()}


def others(folder: Path, *, first: int, count: int = 6) -> Path:
    """Pictures of each kind in colours that the model knows, on what the concepts' picture does not show."""
    rng, grounds = np.random.default_rng(first), ("wood", "sky", "wall")
    for noun in ("person", "cup"):
        for number in range(first, first + count):
            thing = Placed(noun, 0.5 + rng.uniform(-0.1, 0.1), 0.5 + rng.uniform(-0.1, 0.1), rng.uniform(0.45, 0.62))
            file = folder_of(folder, noun) / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(collage([thing], grounds[number % len(grounds)])[0].pixels).save(file)
    return folder


@torch.no_grad()
def strayed(subjects: tuple[Subject, ...], out: Path | None, folder: Path) -> float:
    """Mean loss of the folder's pictures under their own nouns, with the adapter open."""
    model, found = network(), []
    with known(model, subjects, out):
        kept = read_pictures(model, [subject.noun for subject in subjects], folder)
        objective = Objective(model, subjects, attention=0.0, prior=1.0, classes=kept)
        for when in TIMES:
            for seed, subject in enumerate(subjects * 4):
                found.append(objective.class_loss(subject.noun, when, torch.Generator().manual_seed(when + seed)))
    return float(torch.stack(found).mean())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--layers", nargs="+", default=concepts.TARGETS, metavar="NAME")
    layers = tuple(arguments.parse_args().layers)
    picture, subjects = scene()
    with tempfile.TemporaryDirectory() as temporary, mock.patch.object(concepts, "TARGETS", layers):
        folder = Path(temporary)
        out = folder / "concepts" / "set"
        spent = learn(Wish(picture, subjects, "tiny", folder, TINY), out)
        rows = table(out, picture, subjects)
        size = sum(file.stat().st_size for file in out.glob("*.safetensors"))
        tell("| | attention loss | masked loss |\n|---|---|---|")
        for name, (before, after) in rows.items():
            tell(f"| {name} | {change(before.attention, after.attention)} | {change(before.masked, after.masked)} |")
        steps = f"{TINY.row_steps} + {TINY.lora_steps} steps"
        tell(f"\n{steps} in {spent:.0f} s of one core; {size / 1024:.0f} KiB are kept")
        if len(sys.argv) == 1:
            keeping_kinds(folder, out, rows)


def keeping_kinds(folder: Path, out: Path, rows: dict[str, tuple[Figures, Figures]]) -> None:
    """The second table: what was learned in ``out`` against the same with class pictures."""
    picture, subjects = scene()
    shown, unseen = others(folder / "shown", first=0), others(folder / "unseen", first=100)
    beside = folder / "concepts" / "beside"
    learn(Wish(picture, subjects, "tiny", folder, replace(TINY, class_folder=str(shown))), beside)
    plain = strayed(subjects, None, unseen)
    tell("\n| | others of the kind, adapter open | masked loss of the concepts |\n|---|---|---|")
    both = (("without class pictures", out, rows), ("with class pictures", beside, table(beside, picture, subjects)))
    for name, made, figures in both:
        own = [pair for row, pair in figures.items() if row.endswith("its token")]
        before, after = (sum(pair[i].masked for pair in own) for i in (0, 1))
        tell(f"| {name} | {change(plain, strayed(subjects, made, unseen))} | x {after / before:.2f} |")


def change(before: float, after: float) -> str:
    return f"{before:.4f} to {after:.4f} (x {after / before:.2f})"


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
