"""Fit the selector's weights of place words and word shapes (needs torch).

    python -m benchmarks.fits.choosing        writes ggedit/stages/choosing/calibration.json

A conditional logit (McFadden 1974): the log evidence of each candidate is a weighted sum of
the selector's own features, and the weights make the true box of the tuning half likeliest.
Relative tests sum over all other boxes as anchors, and over the chance that no box shows it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.referring import SETS, Expression, load
from ggedit.core.geometry import Extent
from ggedit.core.language import Referent, Relation
from ggedit.stages import choosing
from ggedit.stages.choosing.calibration import load_calibration
from ggedit.stages.choosing.expression import read_expression
from ggedit.stages.choosing.resolve import counting_direction
from ggedit.stages.choosing.shapes import shape_features
from ggedit.stages.choosing.spatial import (
    RELATIVE_FAMILY,
    ordinal_features,
    place_features,
    relative_features,
)

TARGET = Path(choosing.__file__).parent / "calibration.json"
MOST_BOXES, MOST_WORDS, MOST_TESTS = 9, 20, 2
ABSOLUTE = {"side": 8, "top": 8, "bottom": 8, "middle": 5, "corner": 5, "near": 6, "far": 6, "large": 6, "small": 6}
WIDTHS = {**ABSOLUTE, "ordinal": 4}
RELATIVE = tuple(dict.fromkeys(RELATIVE_FAMILY.values()))
PAIR, SHAPE = 9, 9
BY_HAND = {
    "beside": [1.5, 1, 1, 4, 2, 1, 0, 0, 0],
    "over": [1.5, 1, 1, 4, 3, 1, 0, 0, 0],
    "under": [1.5, 1, 1, 4, 3, 1, 0, 0, 0],
    "behind": [0.5, 1, 0, 5, 2, 0, 0.5, 0, -0.5],
    "before": [-0.5, -1, 0, 5, 2, 0, 0.5, 0, 0.3],
    "next": [0, 0, 0, 12, 2, 0, 0, 0, 0],
    "away": [0, 0, 0, -12, -2, 0, 0, 0, 0],
    "on": [0.3, 0.5, 0.5, 8, 2, 1, 2, 0, -0.3],
    "inside": [0, 0, 0, 4, 1, 0, 5, 0, -0.5],
    "touching": [0, 0, 0, 6, 1, 0, 2, 2, 0],
    "with": [0, 0, 0, 8, 1, 0, 0, 3, 0.3],
}
"""Where the weights of relations start and what they are drawn to: the data says little about
them, as the anchor is seldom among its boxes."""
STARTS = dict(zip(WIDTHS, np.cumsum([0, *WIDTHS.values()])[:-1].tolist(), strict=True))
TOTAL = sum(WIDTHS.values())


@dataclass(frozen=True)
class Penalty:
    """L2 penalties of place weights, of relations' steps from those set by hand, and of a
    word's shape weights."""

    place: float
    pair: float
    word: float


@dataclass(frozen=True, eq=False)
class Example:
    """The features of one expression's candidates."""

    expression: Expression
    referent: Referent
    places: np.ndarray
    tests: tuple[tuple[int, np.ndarray, np.ndarray, np.ndarray, Referent], ...]


def make_example(expression: Expression) -> Example:
    referent, boxes, extent = read_expression(expression.text), expression.boxes, expression.extent
    tests = []
    for test in referent.tests:
        family = RELATIVE_FAMILY.get(test.relation)
        if test.anchors and family is not None:
            pairs = relative_features(test.relation, boxes, boxes, extent)
            alone = _row({}, boxes, extent, [test.relation])
            anchor = test.anchors[0]
            tests.append((RELATIVE.index(family), pairs, place_row(anchor, boxes, extent), alone, anchor))
    return Example(expression, referent, place_row(referent, boxes, extent), tuple(tests[:MOST_TESTS]))


def place_row(referent: Referent, boxes: np.ndarray, extent: Extent) -> np.ndarray:
    """(n, TOTAL): the features of all places without an anchor, each in its family's columns."""
    places = [test.relation for test in referent.tests if not test.anchors]
    if referent.ordinal is None:
        return _row({}, boxes, extent, places)
    along = counting_direction(referent)
    counted = {"ordinal": ordinal_features(referent.ordinal, along, boxes, extent)}
    return _row(counted, boxes, extent, [place for place in places if place is not along])


def _row(start: dict[str, np.ndarray], boxes: np.ndarray, extent: Extent, places: list[Relation]) -> np.ndarray:
    row = np.zeros((len(boxes), TOTAL))
    for family, features in [*start.items(), *place_features(places, boxes, extent)]:
        row[:, STARTS[family] : STARTS[family] + WIDTHS[family]] += features
    return row


def words_of(referent: Referent) -> list[str]:
    return list(dict.fromkeys(referent.phrase.casefold().split()))


def make_vocabulary(examples: list[Example], least: int) -> dict[str, int]:
    """Words that at least ``least`` tuning expressions use -> row (0 = none, 1 = any word)."""
    counts = Counter(word for example in examples for word in words_of(example.referent))
    counts.update(word for example in examples for test in example.tests for word in words_of(test[4]))
    return {word: row + 2 for row, word in enumerate(sorted(w for w, n in counts.items() if n >= least))}


def make_tensors(examples: list[Example], vocabulary: dict[str, int]) -> dict[str, torch.Tensor]:
    """Padded columns of all examples."""
    count, n, t = len(examples), MOST_BOXES, MOST_TESTS
    columns = {
        "places": np.zeros((count, n, TOTAL), np.float32),
        "there": np.zeros((count, n), np.bool_),
        "shapes": np.zeros((count, n, SHAPE), np.float32),
        "words": np.zeros((count, MOST_WORDS), np.int64),
        "truth": np.zeros(count, np.int64),
        "family": np.full((count, t), -1, np.int64),
        "pairs": np.zeros((count, t, n, n, PAIR), np.float32),
        "anchor_places": np.zeros((count, t, n, TOTAL), np.float32),
        "anchor_words": np.zeros((count, t, MOST_WORDS), np.int64),
        "alone": np.zeros((count, t, n, TOTAL), np.float32),
    }
    for i, example in enumerate(examples):
        _fill(columns, i, example, vocabulary)
    return {name: torch.from_numpy(column) for name, column in columns.items()}


def _fill(columns: dict[str, np.ndarray], i: int, example: Example, vocabulary: dict[str, int]) -> None:
    expression, m = example.expression, len(example.expression.boxes)
    columns["places"][i, :m] = example.places
    columns["there"][i, :m] = True
    columns["shapes"][i, :m] = shape_features(expression.boxes, expression.extent)
    columns["words"][i] = _ids(example.referent, vocabulary)
    columns["truth"][i] = expression.truth
    for j, (family, pairs, places, alone, anchor) in enumerate(example.tests):
        columns["family"][i, j] = family
        columns["pairs"][i, j, :m, :m] = pairs
        columns["anchor_places"][i, j, :m] = places
        columns["anchor_words"][i, j] = _ids(anchor, vocabulary)
        columns["alone"][i, j, :m] = alone


def _ids(referent: Referent, vocabulary: dict[str, int]) -> np.ndarray:
    known = [1, *(vocabulary[word] for word in words_of(referent) if word in vocabulary)][:MOST_WORDS]
    return np.array(known + [0] * (MOST_WORDS - len(known)))


class Chooser(torch.nn.Module):
    """The selector's evidence as a differentiable function of its weights."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.place = torch.nn.Parameter(torch.zeros(TOTAL))
        self.by_hand = torch.tensor([BY_HAND[name] for name in RELATIVE], dtype=torch.float32)
        self.pair = torch.nn.Parameter(self.by_hand.clone())
        self.absent = torch.nn.Parameter(torch.tensor([[0.0, 0.5]] * len(RELATIVE)))
        self.shape = torch.nn.Parameter(torch.zeros(words + 2, SHAPE))

    def forward(self, c: dict[str, torch.Tensor]) -> torch.Tensor:
        """Log evidence (B, boxes)."""
        shape = torch.cat([torch.zeros(1, SHAPE), self.shape[1:]])
        evidence = c["places"] @ self.place + (c["shapes"] * shape[c["words"]].sum(1)[:, None]).sum(-1)
        for j in range(MOST_TESTS):
            rows = torch.nonzero(c["family"][:, j] >= 0)[:, 0]
            if len(rows):
                evidence = evidence.index_add(0, rows, self._relative(c, j, rows, shape))
        return evidence.masked_fill(~c["there"], -1e9)

    def _relative(self, c: dict[str, torch.Tensor], j: int, rows: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
        family, there = c["family"][rows, j], c["there"][rows]
        words = shape[c["anchor_words"][rows, j]].sum(1)[:, None]
        anchor = c["anchor_places"][rows, j] @ self.place + (c["shapes"][rows] * words).sum(-1)
        anchor = torch.log_softmax(anchor.masked_fill(~there, -1e9), 1)
        pairs = (c["pairs"][rows, j] * self.pair[family][:, None, None]).sum(-1) + anchor[:, None]
        pairs = pairs.masked_fill(torch.eye(MOST_BOXES, dtype=torch.bool)[None] | ~there[:, None], -1e9)
        level, share = self.absent[family].T[..., None]
        absent = level + share * (c["alone"][rows, j] @ self.place)
        return torch.logsumexp(torch.cat([pairs, absent[..., None]], 2), 2)


def fit(columns: dict[str, torch.Tensor], words: int, penalty: Penalty, steps: int) -> Chooser:
    """The penalised maximum likelihood by L-BFGS: deterministic, no random start."""
    chooser = Chooser(words)
    optimiser = torch.optim.LBFGS(chooser.parameters(), max_iter=steps, history_size=20, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(chooser(columns), columns["truth"], reduction="sum")
        place = (chooser.place**2).sum() + (chooser.absent**2).sum()
        pair = ((chooser.pair - chooser.by_hand) ** 2).sum()
        word = (chooser.shape[2:] ** 2).sum() + 0.1 * (chooser.shape[1] ** 2).sum()
        total = loss + penalty.place * place + penalty.pair * pair + penalty.word * word
        total.backward()
        return total

    optimiser.step(closure)
    return chooser


def accuracy(chooser: Chooser, columns: dict[str, torch.Tensor]) -> float:
    with torch.no_grad():
        return float((chooser(columns).argmax(1) == columns["truth"]).float().mean())


def write(chooser: Chooser, vocabulary: dict[str, int], card: dict[str, str]) -> None:
    """The packaged file; "between" keeps its weights, which were set by hand."""
    place, families = chooser.place.detach().numpy(), {"between": load_calibration()["families"]["between"]}
    for name, width in WIDTHS.items():
        families[name] = _rounded(place[STARTS[name] : STARTS[name] + width])
    for row, name in enumerate(RELATIVE):
        families[name] = _rounded(chooser.pair[row].detach().numpy())
        families[f"no {name}"] = _rounded(chooser.absent[row].detach().numpy())
    shape = chooser.shape.detach().numpy()
    words = {word: [round(float(v) * 100) for v in shape[row]] for word, row in vocabulary.items()}
    fitted = {"card": card, "families": families, "any_word": _rounded(shape[1]), "words": words}
    lines = json.dumps(fitted, indent=1)
    TARGET.write_text(_compact(lines) + "\n")


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 3) for value in values]


def _compact(text: str) -> str:
    """Number lists on one line each."""
    return "".join(part if i % 2 == 0 else f"[{' '.join(part.split())}]" for i, part in enumerate(_split_lists(text)))


def _split_lists(text: str) -> list[str]:
    parts: list[str] = []
    for piece in text.split("["):
        inside, _, after = piece.partition("]")
        parts += [inside, after] if parts else [piece]
    return parts


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--word-penalty", type=float, default=30.0)
    arguments.add_argument("--place-penalty", type=float, default=0.05)
    arguments.add_argument("--pair-penalty", type=float, default=3.0)
    arguments.add_argument("--least-uses", type=int, default=6)
    arguments.add_argument("--steps", type=int, default=150)
    given = arguments.parse_args()
    torch.manual_seed(0)
    examples = [make_example(e) for name in SETS for e in load(name) if e.tuning]
    vocabulary = make_vocabulary(examples, given.least_uses)
    columns = make_tensors(examples, vocabulary)
    penalty = Penalty(given.place_penalty, given.pair_penalty, given.word_penalty)
    chooser = fit(columns, len(vocabulary), penalty, given.steps)
    right = accuracy(chooser, columns)
    print(f"{len(examples)} expressions, {len(vocabulary)} words, right on the tuning half: {right:.1%}")
    card = {
        "data": "RefCOCO, RefCOCO+ and RefCOCOg validation sets, pictures with an even SHA-1 of their COCO id",
        "method": "conditional logit, L-BFGS, by python -m benchmarks.fits.choosing",
        "penalties": f"{penalty}, words used {given.least_uses} times or more",
        "expressions": str(len(examples)),
        "by hand": "between",
    }
    write(chooser, vocabulary, card)


if __name__ == "__main__":
    main()
