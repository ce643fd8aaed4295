"""Tones, blur, weather and the colour space, on known values."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.editing.look_words import Tone, ToneChange, Weather, WeatherChange
from ggedit.backends.classical.editing.tone import change_tone, lens_blur
from ggedit.backends.classical.editing.weather import change_weather
from ggedit.backends.classical.oklab import by_bands, from_linear, from_oklab, to_linear, to_oklab

RAMP = np.repeat(np.linspace(10, 245, 48).astype(np.uint8)[None, :, None], 3, axis=2).repeat(32, axis=0)


def make_colours() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (32, 48, 3), dtype=np.uint8)


def toned(pixels: np.ndarray, tone: Tone, amount: float) -> np.ndarray:
    return change_tone(pixels, ToneChange(tone, amount), scene_px=48)


def chroma(pixels: np.ndarray) -> float:
    return float(np.hypot(*np.moveaxis(to_oklab(pixels)[..., 1:], 2, 0)).mean())


def test_bytes_survive_the_way_through_light() -> None:
    every = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    assert np.array_equal(from_linear(to_linear(every)), every)


def test_bytes_survive_the_way_through_oklab() -> None:
    colours = make_colours()
    assert np.abs(from_oklab(to_oklab(colours)).astype(int) - colours).max() <= 1


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [((255, 255, 255), (1, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((255, 0, 0), (0.628, 0.225, 0.126))],
    ids=["white", "black", "red"],
)
def test_oklab_of_known_colours(rgb: tuple[int, ...], lab: tuple[float, ...]) -> None:
    """Red as in Ottosson's table."""
    assert to_oklab(np.array([[rgb]], np.uint8))[0, 0] == pytest.approx(lab, abs=1e-3)


def test_impossible_colours_lose_chroma_not_lightness() -> None:
    lab = np.array([[[0.6, 0.3, 0.2]]], np.float32)
    back = to_oklab(from_oklab(lab))[0, 0]
    assert back[0] == pytest.approx(0.6, abs=0.01)
    assert back[2] / back[1] == pytest.approx(2 / 3, abs=0.03)


def test_bands_see_every_row_once() -> None:
    tall = np.zeros((3000, 700, 3), np.uint8)
    seen = np.zeros(3000, int)

    def count(part: np.ndarray, rows: slice) -> np.ndarray:
        seen[rows] += 1
        return part + 1

    assert (by_bands(tall, count) == 1).all() and (seen == 1).all()


@pytest.mark.parametrize("amount", [1.0, -1.0], ids=["brighter", "darker"])
def test_brightness_keeps_black_white_and_order(amount: float) -> None:
    ends = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    assert np.array_equal(toned(ends, Tone.BRIGHTNESS, amount), ends)
    result = toned(RAMP, Tone.BRIGHTNESS, amount)[0, :, 0].astype(int)
    assert (np.diff(result) >= 0).all()
    assert (result.mean() - RAMP.mean()) * amount > 15


@pytest.mark.parametrize("amount", [1.0, -1.0], ids=["more", "less"])
def test_contrast_spreads_or_gathers(amount: float) -> None:
    assert (toned(RAMP, Tone.CONTRAST, amount).std() / RAMP.std() - 1) * amount > 0.08


@pytest.mark.parametrize("amount", [1.0, -1.0], ids=["more", "less"])
def test_saturation(amount: float) -> None:
    dull = (make_colours() // 4 + 96).astype(np.uint8)
    ratio = chroma(toned(dull, Tone.SATURATION, amount)) / chroma(dull)
    assert (ratio - 1) * amount > 0.35


def test_warmth_moves_blue_to_yellow() -> None:
    grey = np.full((8, 8, 3), 128, np.uint8)
    warm, cool = toned(grey, Tone.WARMTH, 1.0)[0, 0].astype(int), toned(grey, Tone.WARMTH, -1.0)[0, 0].astype(int)
    assert warm[0] > 128 > warm[2] and cool[0] < 128 < cool[2]


def test_grey_has_no_colour() -> None:
    assert np.ptp(toned(make_colours(), Tone.GREY, 1.0).astype(int), axis=2).max() <= 1


def test_sepia_is_brown() -> None:
    middle = toned(RAMP, Tone.SEPIA, 1.0)[0, 24].astype(int)
    assert middle[0] > middle[1] > middle[2] + 8


def test_inverted() -> None:
    assert np.array_equal(toned(make_colours(), Tone.INVERT, 1.0), 255 - make_colours())


def test_sharpening_steepens_an_edge_and_blur_flattens_it() -> None:
    edge = np.full((32, 48, 3), 90, np.uint8)
    edge[:, 24:] = 160
    edge = lens_blur(edge, 1.5)
    slope = int(np.abs(np.diff(edge[16, :, 0].astype(int))).max())
    sharp = toned(edge, Tone.SHARPNESS, 1.0)
    soft = toned(edge, Tone.BLUR, 2.0)
    assert np.abs(np.diff(sharp[16, :, 0].astype(int))).max() > slope
    assert np.abs(np.diff(soft[16, :, 0].astype(int))).max() < slope


@pytest.mark.parametrize("radius_px", [0.5, 4.0, 40.0])
def test_a_blur_keeps_flat_colours(radius_px: float) -> None:
    flat = np.full((64, 80, 3), (200, 90, 30), np.uint8)
    assert np.abs(lens_blur(flat, radius_px).astype(int) - flat).max() <= 1


def test_a_point_becomes_a_disc() -> None:
    point = np.zeros((41, 41, 3), np.uint8)
    point[20, 20] = 255
    disc = lens_blur(point, 6.0)[..., 0] > 8
    assert disc[20, 15] and disc[25, 20] and not disc[20, 11] and not disc[29, 29]


def test_only_the_mixed_pixels_are_spread() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:, :20] = (0, 200, 0)
    pixels[:, 20:] = (220, 0, 0)
    left = np.zeros((40, 40), bool)
    left[:, :20] = True
    assert lens_blur(pixels, 5.0, mixed=left)[:, :20, 0].max() <= 2


@pytest.mark.parametrize("weather", Weather)
def test_weather_is_the_same_for_the_same_seed(weather: Weather) -> None:
    scene = make_colours()
    change = WeatherChange(weather, 1.0)
    assert np.array_equal(change_weather(scene, change, seed=4), change_weather(scene, change, seed=4))


@pytest.mark.parametrize("weather", [Weather.RAIN, Weather.SNOW])
def test_another_seed_draws_other_drops(weather: Weather) -> None:
    scene = np.full((200, 200, 3), 90, np.uint8)
    one, other = (change_weather(scene, WeatherChange(weather, 1.0), seed=seed) for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_fog_takes_contrast_most_in_the_distance() -> None:
    scene = np.zeros((120, 60, 3), np.uint8)
    scene[:, ::2] = 200
    spread = change_weather(scene, WeatherChange(Weather.FOG, 1.0), seed=0).std(axis=1).mean(axis=1)
    assert spread[10] < spread[60] < spread[110] < 100


def test_golden_hour_is_warm_and_night_dark_and_blue() -> None:
    scene = np.full((40, 40, 3), 150, np.uint8)
    golden = change_weather(scene, WeatherChange(Weather.GOLDEN_HOUR, 1.0), seed=0).mean(axis=(0, 1))
    night = change_weather(scene, WeatherChange(Weather.NIGHT, 1.0), seed=0).mean(axis=(0, 1))
    assert golden[0] > golden[1] > golden[2] + 15
    assert night.mean() < 80 and night[2] > night[0] + 5


def test_autumn_turns_leaves_and_leaves_the_sky() -> None:
    scene = np.zeros((40, 40, 3), np.uint8)
    scene[:20], scene[20:] = (110, 160, 220), (70, 130, 50)
    autumn = change_weather(scene, WeatherChange(Weather.AUTUMN, 1.0), seed=0).astype(int)
    assert np.abs(autumn[:20] - scene[:20]).max() <= 2
    assert (autumn[20:, :, 0] > autumn[20:, :, 1]).all()
