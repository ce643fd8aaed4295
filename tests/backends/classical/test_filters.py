"""Guided filtering against its definition, and enlarging along a picture's edges."""

import numpy as np
import pytest

from ggedit.backends.classical.filters import as_guide, box_mean, guided_filter, guided_upsample


def _window(plane: np.ndarray, y: int, x: int, radius: int) -> np.ndarray:
    padded = np.pad(plane, [(radius, radius)] * 2 + [(0, 0)] * (plane.ndim - 2), mode="symmetric")
    return padded[y : y + 2 * radius + 1, x : x + 2 * radius + 1].reshape(-1, *plane.shape[2:])


def _by_definition(guide: np.ndarray, src: np.ndarray, radius: int, eps: float) -> np.ndarray:
    """Ridge regression in every window, coefficients averaged: the paper's eqs. 5, 6 and 8."""
    height, width, channels = guide.shape
    slope, offset = np.zeros((height, width, channels)), np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            g, p = _window(guide, y, x, radius), _window(src, y, x, radius)
            centred = g - g.mean(0)
            covariance = centred.T @ centred / len(g) + eps * np.eye(channels)
            slope[y, x] = np.linalg.solve(covariance, centred.T @ (p - p.mean()) / len(g))
            offset[y, x] = p.mean() - slope[y, x] @ g.mean(0)
    model = np.dstack([slope, offset])
    mean = np.array([[_window(model, y, x, radius).mean(0) for x in range(width)] for y in range(height)])
    return (mean[..., :channels] * guide).sum(2) + mean[..., channels]


@pytest.mark.parametrize("channels", [1, 3], ids=["grey", "colour"])
def test_equals_the_definition(channels: int) -> None:
    rng = np.random.default_rng(0)
    guide, src = rng.random((9, 11, channels)).astype(np.float32), rng.random((9, 11)).astype(np.float32)
    expected = _by_definition(guide.astype(float), src.astype(float), 2, 0.01)
    assert np.allclose(guided_filter(guide, src, 2, 0.01), expected, atol=1e-4)


def test_uint8_guide_is_the_same_as_its_unit_scale() -> None:
    rng = np.random.default_rng(1)
    guide, src = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8), rng.random((12, 12))
    assert np.allclose(guided_filter(guide, src, 3, 0.02), guided_filter(guide / 255, src, 3, 0.02), atol=1e-5)


def test_a_flat_guide_gives_the_mean_of_means() -> None:
    src = np.random.default_rng(2).random((10, 10)).astype(np.float32)
    flat = np.full((10, 10, 3), 90, np.uint8)
    assert np.allclose(guided_filter(flat, src, 2, 1e-3), box_mean(box_mean(src, 2), 2), atol=1e-4)


def test_noise_goes_and_the_shared_edge_stays() -> None:
    truth = np.zeros((40, 40), np.float32)
    truth[:, 20:] = 1
    noisy = truth + np.random.default_rng(3).normal(0, 0.2, truth.shape).astype(np.float32)
    out = guided_filter(np.repeat(truth[..., None], 3, 2), noisy, 4, 1e-4)
    assert np.abs(out - truth).mean() < 0.25 * np.abs(noisy - truth).mean()
    assert out[:, 20].mean() - out[:, 19].mean() > 0.9


def test_upsampling_follows_the_full_size_edge() -> None:
    """A diagonal edge, cut into stairs by a mask at an eighth of the size, is straight again."""
    y, x = np.mgrid[:256, :256]
    truth = x + 0.37 * y > 170
    guide = np.where(truth[..., None], [200, 60, 40], [40, 90, 180]).astype(np.uint8)
    coarse = truth[4::8, 4::8]
    stairs = np.kron(coarse, np.ones((8, 8), bool))
    sharp = guided_upsample(guide, coarse, 2, 1e-4) > 0.5
    assert (stairs != truth).sum() > 500
    assert (sharp != truth).sum() < 50


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1)], ids=str)
def test_tiny_pictures(size: tuple[int, int]) -> None:
    guide, src = np.full((*size, 3), 7, np.uint8), np.full(size, 0.25, np.float32)
    assert np.allclose(guided_filter(guide, src, 4, 1e-3), 0.25)
    assert np.allclose(guided_upsample(guide, src[:1, :1], 1, 1e-3), 0.25)


def test_a_tile_border_leaves_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    guide, src = rng.integers(0, 256, (50, 70, 3), dtype=np.uint8), rng.random((13, 18))
    whole = guided_upsample(guide, src, 2, 1e-2)
    monkeypatch.setattr("ggedit.backends.classical.filters._TILE_PX", 16)
    # warpAffine places samples on a 1/32 pixel grid.
    assert np.allclose(guided_upsample(guide, src, 2, 1e-2), whole, atol=0.05)


def test_a_grey_guide_gets_a_channel_axis() -> None:
    assert as_guide(np.full((2, 3), 255, np.uint8)).tolist() == [[[1.0]] * 3] * 2


def test_tiles_that_nobody_needs_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ggedit.backends.classical.filters._TILE_PX", 16)
    guide, src = np.full((64, 64, 3), 120, np.uint8), np.ones((16, 16), np.float32)
    needed = np.zeros((16, 16), bool)
    needed[1, 1] = True
    out = guided_upsample(guide, src, 1, 1e-3, needed=needed)
    assert np.allclose(out[:16, :16], 1)
    assert np.array_equal(out[32:], np.zeros((32, 64)))
