"""Alpha and foreground colours on composites whose truth is known."""

import cv2
import numpy as np
import pytest

from ggedit.backends.classical.editing.matting import band_for, certain_parts, compute_alpha, compute_foreground


def _texture(rng: np.random.Generator, size: int, sigma: float, colour: tuple[float, float, float]) -> np.ndarray:
    blur = cv2.GaussianBlur(rng.normal(0, 1, (size, size, 3)), (0, 0), sigma)
    return np.clip(blur * sigma * 0.08 + colour, 0, 1)


def _composite(soft_px: float, size: int = 160) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A wavy textured disc over texture: pixels uint8, alpha, foreground uint8."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:size, :size] - size / 2
    edge = size * (0.3 + 0.012 * np.sin(30 * np.arctan2(y, x)))
    alpha = np.clip((edge - np.hypot(y, x)) / soft_px + 0.5, 0, 1)
    front = _texture(rng, size, 4, (0.8, 0.5, 0.2))
    mixed = alpha[..., None] * front + (1 - alpha[..., None]) * _texture(rng, size, 8, (0.2, 0.4, 0.6))
    return np.round(mixed * 255).astype(np.uint8), alpha.astype(np.float32), np.round(front * 255).astype(np.uint8)


@pytest.mark.parametrize("soft_px", [2.0, 4.0, 6.0])
@pytest.mark.parametrize("grown_px", [-1, 0, 1], ids=["cut-tight", "cut-right", "cut-wide"])
def test_alpha_of_a_known_composite(soft_px: float, grown_px: int) -> None:
    pixels, truth, _ = _composite(soft_px)
    mask = (truth > 0.5).astype(np.uint8)
    change = cv2.dilate if grown_px > 0 else cv2.erode
    mask = change(mask, np.ones((3, 3), np.uint8), iterations=abs(grown_px)) > 0
    alpha = compute_alpha(pixels, mask, 6)
    band = ~certain_parts(mask, 6)
    assert np.abs(alpha - truth)[band].mean() < 0.02
    assert np.array_equal(alpha[~band], mask[~band])


def test_foreground_of_a_known_composite() -> None:
    pixels, alpha, front = _composite(5.0)
    soft = (alpha > 0.1) & (alpha < 0.95)
    error = np.abs(compute_foreground(pixels, alpha).astype(int) - front)[soft].mean()
    untreated = np.abs(pixels.astype(int) - front)[soft].mean()
    assert error < 5 < 30 < untreated


def test_solid_pixels_are_returned_as_they_are() -> None:
    pixels, alpha, _ = _composite(3.0)
    assert np.array_equal(compute_foreground(pixels, alpha)[alpha == 1], pixels[alpha == 1])


def test_tiles_of_the_foreground_join_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, alpha, _ = _composite(3.0)
    whole = compute_foreground(pixels, alpha)
    monkeypatch.setattr("ggedit.backends.classical.editing.matting._TILE_PX", 24)
    near = (alpha > 0) | (np.abs(compute_foreground(pixels, alpha).astype(int) - pixels).max(axis=2) > 0)
    assert np.abs(compute_foreground(pixels, alpha).astype(int) - whole)[near].max() <= 1


def test_windows_in_chunks_give_the_same_alpha(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, truth, _ = _composite(3.0, 64)
    whole = compute_alpha(pixels, truth > 0.5, 4)
    monkeypatch.setattr("ggedit.backends.classical.editing.matting._CHUNK", 100)
    assert np.allclose(compute_alpha(pixels, truth > 0.5, 4), whole, atol=1e-3)


def test_a_thin_bar_does_not_fade_away() -> None:
    pixels = np.full((40, 60, 3), 200, np.uint8)
    pixels[19:22] = (30, 60, 20)
    mask = np.zeros((40, 60), bool)
    mask[19:22] = True
    alpha = compute_alpha(pixels, mask, 5)
    assert alpha[19:22].min() > 0.95
    assert alpha[:17].max() < 0.05


def test_a_wide_band_is_solved_smaller_and_still_right() -> None:
    pixels, truth, _ = _composite(8.0, 320)
    alpha = compute_alpha(pixels, truth > 0.5, 12)
    assert np.abs(alpha - truth)[~certain_parts(truth > 0.5, 12)].mean() < 0.03
    far = certain_parts(truth > 0.5, 15)
    assert np.array_equal(alpha[far], (truth > 0.5)[far])


@pytest.mark.parametrize("value", [True, False], ids=["all", "none"])
@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (9, 9)], ids=str)
def test_a_mask_without_an_edge_is_its_own_alpha(shape: tuple[int, int], *, value: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    alpha = compute_alpha(pixels, np.full(shape, value), 4)
    assert alpha.dtype == np.float32
    assert np.array_equal(alpha, np.full(shape, value))
    assert np.array_equal(compute_foreground(pixels, alpha), pixels) or not value


def test_same_input_same_bytes() -> None:
    pixels, truth, _ = _composite(3.0, 96)
    first, second = (compute_alpha(pixels, truth > 0.5, 4).tobytes() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("longest", "band"), [(1, 2), (512, 4), (1024, 8), (6000, 47)])
def test_the_band_grows_with_the_picture(longest: int, band: int) -> None:
    assert band_for(longest) == band
