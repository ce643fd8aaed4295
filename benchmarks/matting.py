"""Alpha of a known composite by band width: error, halo and time.

Run: python -m benchmarks.matting
"""

from __future__ import annotations

import time

import cv2
import numpy as np

from ggedit.backends.classical.editing.matting import certain_parts, compute_alpha, compute_foreground
from ggedit.backends.classical.filters import guided_filter

SIZE_PX = 512


def make_composite(soft_px: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A wavy textured disc over texture with 3 grey levels of noise: pixels, alpha, foreground."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIZE_PX, :SIZE_PX] - SIZE_PX / 2
    edge = SIZE_PX * (0.3 + 0.01 * np.sin(40 * np.arctan2(y, x)))
    alpha = np.clip((edge - np.hypot(y, x)) / soft_px + 0.5, 0, 1)
    front, back = (_texture(rng, s, c) for s, c in ((4, (0.8, 0.5, 0.2)), (6, (0.3, 0.45, 0.5))))
    mixed = alpha[..., None] * front + (1 - alpha[..., None]) * back + rng.normal(0, 3 / 255, front.shape)
    return (np.clip(mixed, 0, 1) * 255).round().astype(np.uint8), alpha, (front * 255).round().astype(np.uint8)


def _texture(rng: np.random.Generator, sigma: float, colour: tuple[float, float, float]) -> np.ndarray:
    blur = cv2.GaussianBlur(rng.normal(0, 1, (SIZE_PX, SIZE_PX, 3)), (0, 0), sigma)
    return np.clip(blur * sigma * 0.12 + colour, 0, 1)


def measure(band_px: int, soft_px: float) -> tuple[float, float, float, float, float]:
    """Mean error of alpha near the edge, of the guided filter and of the bare mask there; colour error; seconds."""
    rows = []
    for seed in range(3):
        pixels, truth, front = make_composite(soft_px, seed)
        # A mask cut one pixel wide, as masks are.
        mask = cv2.dilate((truth > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        start = time.perf_counter()
        alpha = compute_alpha(pixels, mask, band_px)
        colours = compute_foreground(pixels, alpha)
        seconds = time.perf_counter() - start
        near, soft = ~certain_parts(mask, 8), (truth > 0.1) & (truth < 0.95)
        guided = np.clip(guided_filter(pixels, mask, 6, 1e-4), 0, 1)
        errors = [np.abs(a - truth)[near].mean() for a in (alpha, guided, mask)]
        rows.append((*errors, np.abs(colours.astype(int) - front)[soft].mean(), seconds))
    return tuple(np.median(rows, axis=0))


def main() -> None:
    print(f"{SIZE_PX} x {SIZE_PX}; alpha error = mean difference from the truth within 8 px of the edge")
    print("soft px  band px   alpha  guided    mask  colour/255  seconds")
    for soft_px in (2.0, 5.0, 8.0):
        for band_px in (2, 4, 6, 8, 12):
            alpha, guided, mask, colour, seconds = measure(band_px, soft_px)
            print(f"{soft_px:7g} {band_px:8d} {alpha:7.3f} {guided:7.3f} {mask:7.3f} {colour:11.1f} {seconds:8.2f}")


if __name__ == "__main__":
    main()
