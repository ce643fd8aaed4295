"""Means with their uncertainty, and two systems on the same cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.freeze import Frozen

RESAMPLES = 10_000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate(Frozen):
    """A mean over ``count`` values and its 95 % interval."""

    mean: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Comparison(Frozen):
    """B less A on the cases that both have: the mean difference with its interval, on how many
    cases B is larger, equal or smaller, and the two-sided p value of a sign-flip test."""

    difference: Estimate
    larger: int
    equal: int
    smaller: int
    p_value: float


def estimate(values: Sequence[float], *, seed: int = 0) -> Estimate:
    """The mean with a percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).

    Raises:
        ValueError: there is no value.
    """
    sample = np.asarray(values, np.float64)
    if not sample.size:
        raise ValueError("no values to average")
    means = _resampled_means(sample, seed)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return Estimate(float(sample.mean()), float(low), float(high), int(sample.size))


def _resampled_means(sample: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float64]:
    """In slices, so that many values do not need many hundred MiB at once."""
    rng = np.random.default_rng(seed)
    size = max(1, min(RESAMPLES, 4_000_000 // sample.size))
    parts = []
    for start in range(0, RESAMPLES, size):
        rows = rng.integers(0, sample.size, (min(size, RESAMPLES - start), sample.size))
        parts.append(sample[rows].mean(axis=1))
    return np.concatenate(parts)


def compare(a: Mapping[str, float], b: Mapping[str, float], *, seed: int = 0) -> Comparison | None:
    """Paired by key; None where no case is in both."""
    keys = sorted(a.keys() & b.keys())
    if not keys:
        return None
    gain = np.array([b[key] - a[key] for key in keys], np.float64)
    return Comparison(
        difference=estimate(list(gain), seed=seed),
        larger=int((gain > 0).sum()),
        equal=int((gain == 0).sum()),
        smaller=int((gain < 0).sum()),
        p_value=_sign_flip_p(gain, seed),
    )


def _sign_flip_p(gain: npt.NDArray[np.float64], seed: int) -> float:
    """Permutation test of a mean of zero under random signs (Good 2005, section 3.2); the
    observed signs count as one of the draws, so p is never 0."""
    rng = np.random.default_rng(seed)
    signs = rng.choice((-1.0, 1.0), (RESAMPLES, gain.size))
    means = np.abs((signs * gain).mean(axis=1))
    return float((1 + (means >= abs(gain.mean()) - 1e-12).sum()) / (RESAMPLES + 1))
