"""The learned size of a noun: a kernel regression on sentence vectors, in plain numpy.

A Gaussian process mean (Rasmussen and Williams 2006, eq. 2.25) with a linear and a
squared-exponential kernel carries far; close to known nouns, half the answer is their
softmax-weighted mean. What is still in doubt is drawn towards the size of what stands beside it
(``beside``). Constants: cross-validation on the training nouns, with nouns and whole categories
left out (``python -m benchmarks.size`` prints it).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import copysign, log2
from pathlib import Path
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from ....core.freeze import Frozen, read_only

Vectors = npt.NDArray[np.float32]
"""float32 (N, D), unit length: MiniLM sentence vectors."""

LINEAR, SMOOTH, SHARPNESS, NOISE = 0.5, 1.0, 2.0, 0.6
NEIGHBOURS, TEMPERATURE = 6, 10.0

FAR, CLOSE = 0.6, 0.9
"""Likeness to the nearest known noun at which the neighbours begin to tell, and tell half."""

APART = log2(10)
"""Things that share a picture are at most ten times larger or smaller than one another."""

DOUBT = 1.0
"""Standard error, in log2, of a size that the head gives."""


@dataclass(frozen=True, eq=False)
class SizeHead(Frozen):
    """What training leaves.

    vectors: of the known nouns, (N, D); log_sizes: log2 of their width and height in
    metres, (N, 2); weights: of the Gaussian process, (N, 2).
    """

    vectors: Vectors
    log_sizes: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        for name in ("vectors", "log_sizes", "weights"):
            object.__setattr__(self, name, read_only(getattr(self, name), np.float32))

    @classmethod
    def fit(cls, vectors: Vectors, log_sizes: npt.ArrayLike) -> SizeHead:
        """Solve for the weights: (K + noise I) w = y - median(y)."""
        known = np.asarray(log_sizes, np.float32)
        centre = vectors.mean(axis=0)
        kernel = _kernel(vectors, vectors, centre).astype(np.float64)
        system = kernel + NOISE * np.eye(len(vectors))
        return cls(vectors, known, np.linalg.solve(system, known - np.median(known, axis=0)))

    @cached_property
    def _centre(self) -> Vectors:
        return self.vectors.mean(axis=0)

    def predict(self, vectors: Vectors) -> npt.NDArray[np.floating]:
        """log2 width and height in metres, (M, 2), of nouns by their vectors (M, D)."""
        smooth = _kernel(vectors, self.vectors, self._centre) @ self.weights + np.median(self.log_sizes, axis=0)
        near, likeness = self._near(vectors)
        share = np.clip((likeness - FAR) / (CLOSE - FAR), 0, 1) / 2
        return smooth + share[:, None] * (near - smooth)

    def _near(self, vectors: Vectors) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
        """What the nearest known nouns say, (M, 2), and the likeness of the nearest, (M,)."""
        alike = vectors @ self.vectors.T
        nearest = np.argsort(-alike, axis=1, kind="stable")[:, :NEIGHBOURS]
        likeness = np.take_along_axis(alike, nearest, axis=1)
        share = np.exp(TEMPERATURE * likeness)
        share /= share.sum(axis=1, keepdims=True)
        return np.einsum("mk,mkd->md", share, self.log_sizes[nearest]), likeness[:, 0]


def beside(guessed: npt.ArrayLike, reference: npt.ArrayLike) -> npt.NDArray[np.floating]:
    """The guessed log2 sizes (M, 2), each knowing what it stands beside, (M, 2).

    The ratio of their longer sides is normal about the guess with error ``DOUBT``, and within
    ``APART``: the median of that truncated normal. Width and height move together, so the shape stays.
    """
    sizes = np.asarray(guessed, np.float64)
    ratios = sizes.max(axis=1) - np.asarray(reference, np.float64).max(axis=1)
    moved = np.array([_within(ratio) for ratio in ratios.tolist()])
    return sizes + (moved - ratios)[:, None]


def _within(ratio: float) -> float:
    """Median of a normal of mean ``ratio`` and deviation ``DOUBT``, cut off at +-``APART``."""
    error = NormalDist(min(abs(ratio), APART + 5 * DOUBT), DOUBT)  # beyond, no digits are left
    middle = (error.cdf(-APART) + error.cdf(APART)) / 2
    return copysign(error.inv_cdf(middle), ratio)


def _kernel(a: Vectors, b: Vectors, centre: Vectors) -> npt.NDArray[np.floating]:
    return LINEAR * (a - centre) @ (b - centre).T + SMOOTH * np.exp(-SHARPNESS * (2 - 2 * a @ b.T))


@dataclass(frozen=True, eq=False)
class NounVectors(Frozen):
    """Precomputed vectors of common nouns, and the head trained on those of known size."""

    places: dict[str, int]
    table: npt.NDArray[np.float16]
    head: SizeHead

    @classmethod
    def load(cls, folder: Path) -> NounVectors:
        """From ``checkpoints/size``: nouns.txt, vectors.npy (float16) and head.npz."""
        nouns = (folder / "nouns.txt").read_text(encoding="utf-8").split("\n")
        table = np.load(folder / "vectors.npy")
        stored = np.load(folder / "head.npz")
        head = SizeHead(table[stored["rows"]].astype(np.float32), stored["log_sizes"], stored["weights"])
        return cls({noun: row for row, noun in enumerate(nouns) if noun}, table, head)

    def metres(self, noun: str) -> tuple[float, float] | None:
        """Width and height that the head gives the noun; None for one without a vector."""
        if noun not in self.places:
            return None
        width, height = 2.0 ** self.head.predict(self.table[[self.places[noun]]].astype(np.float32))[0]
        return float(width), float(height)
