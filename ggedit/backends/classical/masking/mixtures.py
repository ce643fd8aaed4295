"""Gaussian mixtures of a few weighted points, fitted the same way every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Mixture:
    """``weight`` (k,), ``mean`` (k, d) and ``precision`` (k, d, d) with its ``log_scale`` (k,)."""

    weight: Array
    mean: Array
    precision: Array
    log_scale: Array

    def log_parts(self, points: Array) -> Array:
        """Logarithm of each component's share of the density: (n, d) -> (n, k)."""
        apart = points[:, None, :] - self.mean[None]
        distance = np.einsum("nki,kij,nkj->nk", apart, self.precision, apart, optimize=True)
        return self.log_scale + np.log(self.weight) - distance / 2

    def log_density(self, points: Array) -> Array:
        """Logarithm of the density at points (n, d) -> (n,)."""
        parts = self.log_parts(points)
        top = parts.max(axis=1, keepdims=True)
        return (top + np.log(np.exp(parts - top).sum(axis=1, keepdims=True)))[:, 0]


def fit_mixture(points: Array, mass: Array, components: int, *, floor: float, steps: int = 5) -> Mixture:
    """Expectation maximisation with full covariances.

    Starts from centres spread by farthest points, so no random numbers are drawn.

    Args:
        points: (n, d), n at least 1.
        mass: (n,), how much each point counts.
        components: how many Gaussians at most; never more than there are points.
        floor: variance added to every axis, in squared units of ``points``.
        steps: rounds of expectation and maximisation.
    """
    count = max(1, min(components, len(points)))
    centres = _spread(points, mass, count)
    nearest = ((points[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    share = np.eye(count)[nearest]
    mixture = _maximise(points, mass, share, floor)
    for _ in range(steps):
        parts = mixture.log_parts(points)
        share = np.exp(parts - parts.max(axis=1, keepdims=True))
        mixture = _maximise(points, mass, share / share.sum(axis=1, keepdims=True), floor)
    return mixture


def _spread(points: Array, mass: Array, count: int) -> Array:
    """Starting centres: the mean's nearest point, then again and again the heaviest far point."""
    middle = np.average(points, axis=0, weights=mass)
    chosen = [int(((points - middle) ** 2).sum(axis=1).argmin())]
    gap = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        chosen.append(int((gap * mass).argmax()))
        gap = np.minimum(gap, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return points[chosen]


def _maximise(points: Array, mass: Array, share: Array, floor: float) -> Mixture:
    """Weights, means and covariances for given shares (n, k)."""
    load = share * mass[:, None]
    total = load.sum(axis=0) + 1e-9
    mean = (load.T @ points) / total[:, None]
    second = np.einsum("nk,ni,nj->kij", load, points, points, optimize=True) / total[:, None, None]
    dims = points.shape[1]
    covariance = second - np.einsum("ki,kj->kij", mean, mean) + floor * np.eye(dims)
    # Rounding may leave an empty component without a positive determinant.
    covariance[total < 1e-6] = np.eye(dims) * floor
    _, log_det = np.linalg.slogdet(covariance)
    log_scale = -0.5 * (log_det + dims * np.log(2 * np.pi))
    return Mixture(total / total.sum(), mean, np.linalg.inv(covariance), log_scale)
