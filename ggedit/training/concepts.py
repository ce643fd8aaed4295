"""Learn the things of one picture as concepts: a token row each, and one LoRA of the UNet for all, which
acts where their tokens are named (``backends.graph.gating``).

Avrahami et al., Break-A-Scene (SIGGRAPH Asia 2023), section 3: first the rows alone, then rows and
network, with a masked diffusion loss and a loss on the cross attention. Here the network is
taught by a LoRA (Hu et al., ICLR 2022), so that memory and result are small.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from peft import LoraConfig

from ..backends.graph.concepts import FORMAT
from ..backends.graph.gating import Gate
from ..backends.graph.network import Network
from ..core.errors import BadInput
from ..core.freeze import Frozen
from ..core.picture import Picture
from .concept_attention import watching
from .concept_losses import Objective
from .concept_prior import Prior, make_pictures, read_pictures
from .concept_rows import TaughtEmbedding, taught
from .concept_state import Parts, StateFile, mean_of_last, restore_moments, save_learned
from .concept_subjects import Subject, sentence_of
from .concept_views import Views, digest
from .progress import Progress, draw_curves

ADAPTER_NAME = "concept"
TARGETS = ("to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "net.0.proj", "net.2", "conv1", "conv2")
"""Layers that get a LoRA: the transformer blocks and the residual blocks' convolutions. With those of the
attention alone the masked loss does not fall (measured by benchmarks/concepts.py --layers)."""

CLIP_NORM = 1.0
_STEPS = {1: 300, 2: 400, 3: 500}
_MOST_STEPS = 600
_STEP_STRIDE = 0x9E3779B97F4A7C15
_DECAY = 1e-2


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptConfig(Frozen):
    """How to learn.

    row_steps, lora_steps: of the two phases; 0 = by the number of things.
    row_rate, late_row_rate, lora_rate: learning rates of the rows in phase 1 and 2, of the LoRA.
    attention: weight of the attention loss. prior: weight of the class pictures' loss.
    class_pictures: how many of each kind are drawn and learned beside the things, so that others of the kind
        in one prompt with them stay as they are; 0 = none.
    class_folder: pictures to use in their place, in one folder per noun.
    crops: windows for each choice of things. flips: 1 = also mirrored ones.
    checkpointing: 1 = less memory and a third more time. save_every: steps between saved states.
    """

    rank: int = 8
    row_steps: int = 0
    lora_steps: int = 0
    row_rate: float = 5e-4
    late_row_rate: float = 1e-4
    lora_rate: float = 1e-4
    attention: float = 0.01
    prior: float = 1.0
    class_pictures: int = 0
    class_folder: str = ""
    crops: int = 3
    flips: int = 0
    checkpointing: int = 1
    save_every: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"rank": 1, "crops": 1, "save_every": 1, "row_steps": 0, "lora_steps": 0, "class_pictures": 0}
        wrong = [name for name, low in least.items() if getattr(self, name) < low]
        if wrong:
            raise BadInput(f"{wrong[0]} is {getattr(self, wrong[0])}; it must be at least {least[wrong[0]]}.")

    def phases(self, things: int) -> tuple[int, int]:
        """Steps of the two phases: SGEdit's 400, 500 and 600 for two, three and more things; fewer for one."""
        usual = _STEPS.get(things, _MOST_STEPS)
        return self.row_steps or usual, self.lora_steps or usual


@dataclass(frozen=True, eq=False, slots=True)
class Wish(Frozen):
    """What is to be learned from a picture. base: the network's name. classes: where pictures of the
    things' kinds lie and are drawn, for all sets together."""

    picture: Picture
    subjects: tuple[Subject, ...]
    base: str
    classes: Path
    config: ConceptConfig = ConceptConfig()

    @property
    def name(self) -> str:
        """From everything that decides the outcome: the same wish has the same name."""
        return digest(self.picture, self.subjects, self.base, replace(self.config, save_every=1), FORMAT)


@dataclass(frozen=True, slots=True)
class Preparing(Frozen):
    """Before the first step: pictures are encoded, or class pictures drawn."""

    message: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Learned(Frozen):
    """What was made: the folder, (node, token) of each thing, and the mean loss of the last steps."""

    out: Path
    tokens: tuple[tuple[str, str], ...]
    loss: float


def train(network: Network, wish: Wish, out: Path) -> Iterator[Preparing | Progress | Learned]:
    """Learn the subjects, yielding after every step; goes on from a saved state in ``out`` exactly as
    if it had never stopped. Closing the iterator stops the work and keeps its state.

    Leaves rows, adapter, card and loss curves in ``out``. The network comes back as it was, but for
    its tokenizer, which knows the tokens.

    Raises:
        BadInput: nothing to learn, or ``out`` holds another run's state.
    """
    if not wish.subjects:
        raise BadInput("There is nothing to learn: choose a thing of the picture.")
    out.mkdir(parents=True, exist_ok=True)
    classes = yield from _classes(network, wish)
    with ExitStack() as stack:
        embedding = stack.enter_context(taught(network.text_encoder, network.tokenizer, wish.subjects))
        stack.enter_context(watching(network.unet))
        stack.callback(network.forget_words)
        run = Run(network, wish, embedding, classes)
        stack.callback(run.close)
        yield from run.encode()
        losses = yield from run.steps(StateFile(out, wish.name))
        _finish(run, out, losses)
    StateFile(out, wish.name).remove()
    yield Learned(out, tuple((s.node, s.token) for s in wish.subjects), mean_of_last(losses)[0])


class Run:
    """The network with its new parts, and what it is shown."""

    def __init__(self, network: Network, wish: Wish, embedding: TaughtEmbedding, classes: Prior | None) -> None:
        config = wish.config
        self.network, self.wish, self.embedding = network, wish, embedding
        _add_adapter(network, config, embedding.ids.tolist())
        self.views = Views(
            network, wish.picture, wish.subjects, crops=config.crops, flips=bool(config.flips), seed=config.seed
        )
        self.objective = Objective(
            network, wish.subjects, attention=config.attention, prior=config.prior, classes=classes
        )
        self.adapter = {n: p for n, p in network.unet.named_parameters() if f".{ADAPTER_NAME}." in n}

    def encode(self) -> Iterator[Preparing]:
        """Everything that may be shown goes through the encoder once."""
        count = len(self.views.keys())
        for done in self.views.encode_all():
            yield Preparing("Encoding windows of the picture", done, count)

    def steps(self, file: StateFile) -> Generator[Progress, None, list[tuple[float, float, float]]]:
        """All steps that are not done yet; the losses of all."""
        config = self.wish.config
        row_steps, lora_steps = config.phases(len(self.wish.subjects))
        parts = Parts({"rows": self.embedding.rows} | self.adapter, [])
        saved = file.load(parts)
        optimizer = self._optimizer(phase=1 if len(parts.losses) <= row_steps else 2)
        restore_moments(optimizer, parts.weights, saved)
        try:
            for step in range(len(parts.losses), row_steps + lora_steps):
                if step == row_steps:
                    optimizer = self._optimizer(phase=2)
                slow_down(optimizer, config, phase=1 if step < row_steps else 2, share=(step - row_steps) / lora_steps)
                parts.losses.append(self._step(step, optimizer))
                if len(parts.losses) % config.save_every == 0:
                    file.save(parts, optimizer)
                yield Progress(len(parts.losses), row_steps + lora_steps, parts.losses[-1][0])
        except GeneratorExit:
            file.save(parts, optimizer)
            raise
        return parts.losses

    def _step(self, step: int, optimizer: torch.optim.Optimizer) -> tuple[float, float, float]:
        generator = torch.Generator().manual_seed((self.wish.config.seed + _STEP_STRIDE * (step + 1)) % 2**63)
        optimizer.zero_grad()
        losses = self.objective.step(self.views, generator)
        mine = [p for group in optimizer.param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(mine, CLIP_NORM)
        optimizer.step()
        return float(losses.total.detach()), float(losses.masked.detach()), float(losses.attention.detach())

    def _optimizer(self, *, phase: int) -> torch.optim.AdamW:
        """Phase 1 changes the rows alone, and the adapter is switched off; phase 2 both."""
        config, unet = self.wish.config, self.network.unet
        rows = {"params": [self.embedding.rows], "lr": config.row_rate, "weight_decay": 0.0}
        if phase == 1:
            unet.disable_adapters()
            return torch.optim.AdamW([rows])
        unet.enable_adapters()
        for parameter in self.adapter.values():
            parameter.requires_grad_(True)
        adapter = {"params": list(self.adapter.values()), "lr": config.lora_rate, "weight_decay": _DECAY}
        return torch.optim.AdamW([rows | {"lr": config.late_row_rate}, adapter])

    def close(self) -> None:
        """The network as it was before."""
        self.network.gates.pop(ADAPTER_NAME, None)
        self.network.unet.disable_gradient_checkpointing()
        self.network.unet.unload_lora()


def slow_down(optimizer: torch.optim.Optimizer, config: ConceptConfig, *, phase: int, share: float) -> None:
    """The rates fall to zero over the second half of phase 2: with one window a step the last steps
    would else decide."""
    factor = 1.0 if phase == 1 else min(1.0, 2 * (1 - share))
    rates = (config.row_rate,) if phase == 1 else (config.late_row_rate, config.lora_rate)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate * factor


def _add_adapter(network: Network, config: ConceptConfig, ids: Sequence[int]) -> None:
    """A fresh LoRA in float32 that changes nothing yet, the same for the same seed, behind the gate of the
    tokens with these numbers."""
    lora = LoraConfig(r=config.rank, lora_alpha=config.rank, target_modules=list(TARGETS))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network.unet.add_adapter(lora, adapter_name=ADAPTER_NAME)
    for name, parameter in network.unet.named_parameters():
        if f".{ADAPTER_NAME}." in name:
            parameter.data = parameter.data.float()
    network.gates[ADAPTER_NAME] = gate = Gate(ids)
    gate.install(network.unet, ADAPTER_NAME)
    if config.checkpointing:
        network.unet.enable_gradient_checkpointing()


def _classes(network: Network, wish: Wish) -> Generator[Preparing, None, Prior | None]:
    """Pictures of the things' kinds: the person's own, or drawn now; None where none are wanted."""
    config, nouns = wish.config, [subject.noun for subject in wish.subjects]
    if config.class_folder:
        return read_pictures(network, nouns, Path(config.class_folder).expanduser())
    if not config.class_pictures:
        return None
    for done, of in make_pictures(network, nouns, wish.classes, count=config.class_pictures, seed=config.seed):
        yield Preparing("Drawing pictures of the same kind", done, of)
    return read_pictures(network, nouns, wish.classes)


def _finish(run: Run, out: Path, losses: list[tuple[float, float, float]]) -> None:
    wish, tokenizer = run.wish, run.network.tokenizer
    things = {s.token: {"node": s.node, "noun": s.noun, "sentence": sentence_of([s], tokenizer)} for s in wish.subjects}
    total, masked, attention = mean_of_last(losses)
    card = {
        "format": FORMAT,
        "name": wish.name,
        "base": wish.base,
        "tokens": things,
        "picture": wish.picture.digest,
        "training": asdict(wish.config),
        "steps": dict(zip(("rows", "rows_and_lora"), wish.config.phases(len(wish.subjects)), strict=True)),
        "last_losses": {"total": total, "masked": masked, "attention": attention},
        "made_by": "ggedit train concepts",
    }
    names, columns = ("loss", "masked loss", "attention loss"), list(zip(*losses, strict=True))
    draw_curves(dict(zip(names, columns, strict=True)), out / "loss.png")
    rows = dict(zip(things, run.embedding.rows, strict=True))
    save_learned(run.network.unet, ADAPTER_NAME, out, rows=rows, card=card)
