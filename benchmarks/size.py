"""How good the learned size is: ``python -m benchmarks.size`` prints the tables.

Held-out rows (checkpoints/size/rows.csv, fixed before training): median and mean absolute
log2 error of the size ratio, the mean of width and height, of a head fitted on the other
nouns, beside (a) always the reference's size, (b) the nearest noun of the table, (c) the mean
of the table. Then cross-validation on the training nouns, and pairs of boxes of RefCOCO/+/g.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ggedit.backends.classical.planning.nouns import head_noun
from ggedit.backends.classical.planning.size_head import NounVectors, SizeHead, beside
from ggedit.backends.classical.size import LearnedSizePredictor, RealSize, load_real_sizes
from ggedit.config import Settings
from ggedit.core.geometry import Box, Extent
from ggedit.core.inflection import singular
from ggedit.training.size_rows import SizeRow, Split, known_sizes, read_rows

Predict = Callable[[np.ndarray], np.ndarray]
FOLDER = Settings().checkpoints / "size"
REFERRING = Path(__file__).resolve().parents[1] / "../shared/data/referring"


def main() -> None:
    sizes = load_real_sizes()
    nouns = NounVectors.load(FOLDER)
    rows = read_rows(FOLDER / "rows.csv")
    print(f"{len(sizes)} nouns of known size, {len(nouns.places)} nouns with a vector")
    print_held_out(sizes, nouns, rows)
    print_cross_validation(known_sizes(sizes, rows), nouns)
    print_pairs(sizes, nouns)


def methods(known: Sequence[RealSize], nouns: NounVectors) -> dict[str, Predict]:
    """From vectors (M, 384) to log2 sizes (M, 2), knowing only these nouns."""
    vectors, logs = vectors_of([s.noun for s in known], nouns), logs_of(known)
    head = SizeHead.fit(vectors, logs)
    return {
        "(b) nearest noun": lambda asked: logs[(asked @ vectors.T).argmax(axis=1)],
        "(c) mean": lambda asked: np.repeat(logs.mean(axis=0)[None], len(asked), axis=0),
        "head": head.predict,
    }


def print_held_out(sizes: Sequence[RealSize], nouns: NounVectors, rows: Sequence[SizeRow]) -> None:
    by_noun = {size.noun: size for size in sizes}
    known = known_sizes(sizes, rows)
    made = methods(known, nouns)
    print(f"\nheld-out rows, head fitted on {len(known)} nouns: median (mean) |log2 error| of the size ratio")
    for split in (Split.NOUN, Split.CATEGORY):
        mine = [row for row in rows if row.split is split]
        truth = np.array([[row.width_log2, row.height_log2] for row in mine])
        asked = vectors_of([row.new for row in mine], nouns)
        reference = logs_of([by_noun[row.reference] for row in mine])
        found = {"(a) reference's size": np.zeros_like(truth)}
        guessed = {name: predict(asked) for name, predict in made.items()}
        found |= {name: sizes - reference for name, sizes in guessed.items() if name != "head"}
        found |= {"head, without the reference": guessed["head"] - reference}
        found |= {"head": beside(guessed["head"], reference) - reference}
        print(f"  {split}, {len(mine)} rows of {len({row.new for row in mine})} nouns")
        print_errors({name: error(guess, truth) for name, guess in found.items()})


def print_cross_validation(known: Sequence[RealSize], nouns: NounVectors) -> None:
    """Nouns in five folds; categories in eight."""
    draw = random.Random(0)
    categories = sorted({size.category for size in known})
    draw.shuffle(categories)
    folds = {
        "nouns in 5 folds": [draw.randrange(5) for _ in known],
        "categories in 8 folds": [categories.index(size.category) % 8 for size in known],
    }
    print(f"\ncross-validation on the {len(known)} training nouns: |log2 error| of the size itself")
    for name, fold in folds.items():
        print(f"  {name}")
        print_errors(cross_errors(known, nouns, fold))


def cross_errors(known: Sequence[RealSize], nouns: NounVectors, fold: Sequence[int]) -> dict[str, np.ndarray]:
    """As ``methods`` says, without references."""
    errors: dict[str, list[np.ndarray]] = defaultdict(list)
    for number in sorted(set(fold)):
        seen = [size for size, f in zip(known, fold, strict=True) if f != number]
        left = [size for size, f in zip(known, fold, strict=True) if f == number]
        asked, truth = vectors_of([s.noun for s in left], nouns), logs_of(left)
        for name, predict in methods(seen, nouns).items():
            errors[name].append(error(predict(asked), truth))
    return {name: np.concatenate(parts) for name, parts in errors.items()}


# pairs of boxes ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two boxes of one picture on about one base line, with their nouns."""

    new: str
    new_box: Box
    reference: str
    reference_box: Box
    extent: Extent


def print_pairs(sizes: Sequence[RealSize], nouns: NounVectors) -> None:
    if not REFERRING.is_dir():
        print(f"\npairs of boxes: left out, as there is no folder {REFERRING}")
        return
    known = {size.noun: size for size in sizes}
    predictor = LearnedSizePredictor(Settings())
    print("\npairs of boxes of different nouns, their base lines within 5 % of the picture's height")
    together: list[Pair] = []
    for name in ("refcoco", "refcoco+", "refcocog"):
        pairs = [p for p in box_pairs(REFERRING / f"{name}_val.json") if p.reference in known and p.new in nouns.places]
        together += pairs
        print(f"  {name} val: {len(pairs)} pairs")
        print_errors(pair_errors(pairs, known, nouns, predictor))
    print(f"  all three: {len(together)} pairs")
    print_errors(pair_errors(together, known, nouns, predictor))


def pair_errors(
    pairs: Sequence[Pair], known: dict[str, RealSize], nouns: NounVectors, predictor: LearnedSizePredictor
) -> dict[str, np.ndarray]:
    """The product (table, else head) beside (a) to (c), and the same without the new noun in the table."""
    blind = blind_guesses(sorted({pair.new for pair in pairs}), known, nouns)
    truth = np.log2([[p.new_box.width, p.new_box.height] for p in pairs])
    found = {"(a) reference's size": np.log2([[p.reference_box.width, p.reference_box.height] for p in pairs])}
    for name in ("(b) nearest noun", "(c) mean", "head"):
        found[f"{name}, noun unseen"] = np.array([blind[p.new][name] + scale_of(p, known) for p in pairs])
    alone, stands_by = np.array([blind[p.new]["head"] for p in pairs]), logs_of([known[p.reference] for p in pairs])
    scales = np.array([scale_of(p, known) for p in pairs])[:, None]
    found["head beside, noun unseen"] = beside(alone, stands_by) + scales
    nearest = nearest_nouns(sorted({pair.new for pair in pairs}), known, nouns)
    found["(b) nearest noun, whole table"] = np.array([nearest[p.new] + scale_of(p, known) for p in pairs])
    found["product"] = np.array([guess(p, predictor) for p in pairs])
    return {name: error(logs, truth) for name, logs in found.items()}


def nearest_nouns(asked: Sequence[str], known: dict[str, RealSize], nouns: NounVectors) -> dict[str, np.ndarray]:
    """log2 size of the nearest noun of the whole table, which is the noun itself if it is there."""
    every = list(known.values())
    alike = vectors_of(asked, nouns) @ vectors_of([size.noun for size in every], nouns).T
    return dict(zip(asked, logs_of(every)[alike.argmax(axis=1)], strict=True))


def blind_guesses(
    asked: Sequence[str], known: dict[str, RealSize], nouns: NounVectors
) -> dict[str, dict[str, np.ndarray]]:
    """For each noun what the methods say that never saw it: fitted without its tenth of the table."""
    tenth = {noun: number % 10 for number, noun in enumerate(sorted({*asked, *known}))}
    found: dict[str, dict[str, np.ndarray]] = {}
    for number in range(10):
        made = methods([size for size in known.values() if tenth[size.noun] != number], nouns)
        for noun in (noun for noun in asked if tenth[noun] == number):
            found[noun] = {name: predict(vectors_of([noun], nouns))[0] for name, predict in made.items()}
    return found


def scale_of(pair: Pair, known: dict[str, RealSize]) -> float:
    real, box = known[pair.reference], pair.reference_box
    return 0.5 * float(np.log2(box.width / real.width_m) + np.log2(box.height / real.height_m))


def guess(pair: Pair, predictor: LearnedSizePredictor) -> list[float]:
    size = predictor.predict(
        pair.new, reference=pair.reference, box=pair.reference_box, extent=pair.extent, relation=None
    )
    return [float(np.log2(size.width_px)), float(np.log2(size.height_px))]


def box_pairs(path: Path) -> Iterator[Pair]:
    """Ordered pairs of boxes of one picture whose lower edges nearly agree and whose nouns differ;
    boxes that the picture's border cuts are left out."""
    for named, extent in pictures(path):
        whole = [(noun, box) for noun, box in named if not cut(box, extent)]
        for new, box in whole:
            for reference, other in whole:
                if new != reference and abs(box.y2 - other.y2) <= 0.05 * extent.height:
                    yield Pair(new, box, reference, other, extent)


def pictures(path: Path) -> Iterator[tuple[list[tuple[str, Box]], Extent]]:
    by_picture: dict[str, dict[tuple[float, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    extents: dict[str, Extent] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        picture = row["img_id"].rsplit("_", 1)[0]
        by_picture[picture][tuple(row["bbox"])].append(row["sents"])
        extents[picture] = Extent(row["width"], row["height"])
    for picture, boxes in by_picture.items():
        named = [(noun_of(texts), Box(x, y, x + w, y + h)) for (x, y, w, h), texts in boxes.items()]
        yield [(noun, box) for noun, box in named if noun], extents[picture]


_STOP = re.compile(r"\b(on|in|at|with|to|near|behind|that|who|which|wearing|holding|next|closest|from|by|of)\b.*")
_SIDES = frozenset("left right middle center top bottom front back far side corner one first second third".split())


def noun_of(texts: Sequence[str]) -> str:
    """The noun that most of a box's expressions end in, at least two of them; "" for none.

    One expression alone is too often "far left", "standing" or "blue".
    """
    heads = Counter(head for text in texts if (head := expression_head(text)))
    noun, count = heads.most_common(1)[0] if heads else ("", 0)
    return noun if count > 1 else ""


def expression_head(text: str) -> str:
    words = [w for w in re.findall(r"[a-z]+", _STOP.sub("", text.lower())) if w not in _SIDES]
    return singular(head_noun(" ".join(words))) if words else ""


def cut(box: Box, extent: Extent) -> bool:
    return box.x1 < 2 or box.y1 < 2 or box.x2 > extent.width - 2 or box.y2 > extent.height - 2


# numbers -----------------------------------------------------------------------------------


def vectors_of(names: Sequence[str], nouns: NounVectors) -> np.ndarray:
    return nouns.table[[nouns.places[name] for name in names]].astype(np.float32)


def logs_of(sizes: Sequence[RealSize]) -> np.ndarray:
    return np.log2(np.array([[size.width_m, size.height_m] for size in sizes], np.float32))


def error(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean over width and height of the absolute log2 error, per row."""
    return np.abs(found - truth).mean(axis=1)


def print_errors(errors: dict[str, np.ndarray]) -> None:
    best = float(np.median(list(errors.values())[-1]))
    for name, values in errors.items():
        middle = float(np.median(values))
        beside = "" if name == list(errors)[-1] else f"   last row is {100 * (1 - best / middle):+.0f} % better"
        print(f"    {name:30} {middle:.3f} ({values.mean():.3f}){beside}")


if __name__ == "__main__":
    main()
