"""Light and weather over a scene: golden hour, fog, rain, night, snow, autumn.

Curves on OKLab, smooth noise and streaks; nothing is invented. Constants were chosen by eye
on photos of fields, streets and buildings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ..oklab import Lab, by_bands, from_oklab, to_oklab
from ..windows import Plane, Rgb
from .look_words import Weather, WeatherChange


@dataclass(frozen=True, eq=False)
class Scene:
    """What the weather needs to know of a whole picture while bands of it are worked on.

    rows: the band's rows; height, width: of the whole; noise: float32 (h, w) in [0, 1] of
    the whole at a small size; amount in [0, 2].
    """

    rows: slice
    height: int
    width: int
    noise: Plane
    amount: float

    @property
    def depth(self) -> Plane:
        """A guess at distance, float32 (band rows, 1): 1 in the upper third, 0 at the foot."""
        y = np.arange(self.rows.start, self.rows.stop, dtype=np.float32) / max(1, self.height)
        return np.clip((1.05 - y) / 0.72, 0, 1)[:, None]

    @property
    def clouds(self) -> Plane:
        """The noise at the band's own size."""
        top = self.rows.start / self.height * self.noise.shape[0]
        scale_y, scale_x = self.noise.shape[0] / self.height, self.noise.shape[1] / self.width
        matrix = np.array([[scale_x, 0, scale_x / 2 - 0.5], [0, scale_y, top + scale_y / 2 - 0.5]])
        size = (self.width, self.rows.stop - self.rows.start)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        stretched = cv2.warpAffine(self.noise, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(stretched, np.float32)


def change_weather(pixels: Rgb, change: WeatherChange, *, seed: int) -> Rgb:
    """The scene in other light or weather; the same seed draws the same drops and flakes."""
    random = np.random.default_rng(seed)
    noise = _smooth_noise(random, pixels.shape)
    height, width = pixels.shape[:2]
    curve = _CURVES[change.weather]

    def band(part: Rgb, rows: slice) -> Rgb:
        return from_oklab(curve(to_oklab(part), Scene(rows, height, width, noise, change.amount)))

    changed = by_bands(pixels, band)
    if change.weather in _FALLING:
        return _FALLING[change.weather](changed, random, change.amount)
    return changed


def _smooth_noise(random: np.random.Generator, shape: tuple[int, ...]) -> Plane:
    """Clouds: four octaves of random values, float32 in [0, 1], longer side at most 256."""
    scale = min(1.0, 256 / max(shape[:2]))
    size = (max(2, round(shape[1] * scale)), max(2, round(shape[0] * scale)))
    total = np.zeros(size[::-1], np.float32)
    for octave in range(4):
        cells = 3 * 2**octave
        grid = random.random((cells, cells), np.float32)
        total += np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)) / 2**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), np.float32)


def _golden_hour(lab: Lab, scene: Scene) -> Lab:
    """Low sun: warm, a little darker, long contrast, warmest in the lights and from one side."""
    amount = np.float32(scene.amount)
    lightness = np.clip(lab[..., 0], 0, 1)
    side = np.linspace(1.15, 0.75, scene.width, dtype=np.float32)[None, :]
    new = lab.copy()
    new[..., 0] = lightness ** (1 + 0.22 * amount) * (1 + 0.05 * amount * (side - 1))
    warmth = amount * side * (0.25 + 0.75 * lightness) * np.sqrt(np.maximum(1.04 - lightness, 0))
    new[..., 1:] *= 1 + 0.12 * amount
    new[..., 1] += np.float32(0.035) * warmth
    new[..., 2] += np.float32(0.085) * warmth
    return new


def _fog(lab: Lab, scene: Scene) -> Lab:
    """Contrast lost towards a light grey, more with distance, a little uneven (Koschmieder's law)."""
    density = (0.35 + 1.5 * scene.depth + 0.5 * (scene.clouds - 0.5)) * scene.amount
    seen = np.exp(-np.maximum(density, 0))[..., None]
    veil = np.array([0.83, -0.004, -0.008], np.float32)
    return np.asarray(lab * seen + veil * (1 - seen), np.float32)


def _rain(lab: Lab, scene: Scene) -> Lab:
    """Dull, cool light and thin haze; the streaks come afterwards."""
    amount = np.float32(scene.amount)
    new = lab.copy()
    new[..., 0] = np.clip(lab[..., 0], 0, 1) ** (1 + 0.28 * amount)
    new[..., 1:] *= max(0.3, 1 - 0.35 * float(amount))
    new[..., 2] -= 0.012 * amount
    seen = np.exp(-0.28 * scene.depth * scene.amount)[..., None]
    veil = np.array([0.60, -0.006, -0.018], np.float32)
    return np.asarray(new * seen + veil * (1 - seen), np.float32)


def _night(lab: Lab, scene: Scene) -> Lab:
    """Moonlight: dark, blue, colours nearly gone (the Purkinje shift); lights stay a little brighter."""
    amount = min(1.4, scene.amount)
    lightness = np.clip(lab[..., 0], 0, 1)
    dark = lightness ** (1 + 0.55 * amount) * (1 - 0.48 * min(1.0, amount))
    lamps = np.clip((lightness - 0.9) / 0.1, 0, 1) ** 2 * 0.1
    new = lab * np.float32(max(0.15, 1 - 0.62 * amount))
    new[..., 0] = dark + lamps
    new[..., 1] -= np.float32(0.008 * amount)
    new[..., 2] -= np.float32(0.045 * amount) * np.sqrt(dark)
    return new


def _snow(lab: Lab, scene: Scene) -> Lab:
    """Cold, pale light; the flakes come afterwards. The ground is not covered."""
    amount = np.float32(scene.amount)
    new = lab.copy()
    new[..., 0] = np.clip(lab[..., 0], 0, 1) ** (1 - 0.16 * amount)
    new[..., 1:] *= max(0.25, 1 - 0.42 * float(amount))
    new[..., 2] -= 0.014 * amount
    seen = np.exp(-0.45 * scene.depth * scene.amount)[..., None]
    veil = np.array([0.86, -0.004, -0.014], np.float32)
    return np.asarray(new * seen + veil * (1 - seen), np.float32)


def _autumn(lab: Lab, scene: Scene) -> Lab:
    """Greens turn to yellow, orange and russet, unevenly."""
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    # OKLab hues: yellow-green leaves lie about 115 degrees, deep green about 145.
    green = np.clip(1 - np.abs(hue - np.deg2rad(125)) / np.deg2rad(45), 0, 1) ** 0.5
    share = green * np.clip(chroma / 0.05, 0, 1) * min(1.0, scene.amount)
    goal = np.deg2rad(48 + 40 * scene.clouds)
    new = lab.copy()
    new[..., 0] = lab[..., 0] + 0.05 * share
    new[..., 1] += share * (chroma * 1.25 * np.cos(goal) - lab[..., 1])
    new[..., 2] += share * (chroma * 1.25 * np.sin(goal) - lab[..., 2])
    return new


_CURVES: dict[Weather, Callable[[Lab, Scene], Lab]] = {
    Weather.GOLDEN_HOUR: _golden_hour,
    Weather.FOG: _fog,
    Weather.RAIN: _rain,
    Weather.NIGHT: _night,
    Weather.SNOW: _snow,
    Weather.AUTUMN: _autumn,
}


def _with_streaks(pixels: Rgb, random: np.random.Generator, amount: float) -> Rgb:
    """Rain: fine slanted streaks in two sizes, near ones longer and rarer."""
    unit = max(pixels.shape[:2]) / 512
    veil = np.zeros(pixels.shape[:2], np.float32)
    for length, density, opacity in ((13, 0.010, 0.16), (30, 0.0022, 0.26)):
        veil = np.maximum(veil, opacity * _streaks(random, pixels.shape, length * unit, density * amount / unit))
    return _mixed(pixels, veil, 225)


def _streaks(random: np.random.Generator, shape: tuple[int, ...], length_px: float, density: float) -> Plane:
    """Lines of one length and nearly one slant, float32 in [0, 1]; ``density`` per pixel at the small size."""
    plane = np.zeros(shape[:2], np.uint8)
    count = int(density * shape[0] * shape[1] / max(length_px / 10, 1))
    x, y = random.random(count) * shape[1], random.random(count) * shape[0]
    long = length_px * random.uniform(0.6, 1.2, count)
    slant = random.normal(0.16, 0.015, count)
    thick = max(1, round(length_px / 22))
    ends = np.stack([x, y, x - slant * long, y + long], axis=1)
    for x1, y1, x2, y2 in np.round(ends).astype(int).tolist():
        cv2.line(plane, (x1, y1), (x2, y2), 255, thick, cv2.LINE_AA)
    soft = cv2.GaussianBlur(plane, (0, 0), 0.45 * thick + 0.15)
    return np.asarray(soft, np.float32) / 255


def _with_flakes(pixels: Rgb, random: np.random.Generator, amount: float) -> Rgb:
    """Snow: soft dots in three sizes, the near ones larger and more blurred."""
    unit = max(pixels.shape[:2]) / 512
    veil = np.zeros(pixels.shape[:2], np.float32)
    for radius, density, opacity in ((0.8, 0.0040, 0.75), (1.5, 0.0013, 0.8), (2.8, 0.00022, 0.7)):
        count = int(density * amount * pixels.shape[0] * pixels.shape[1] / unit**2)
        veil = np.maximum(veil, opacity * _dots(random, pixels.shape, radius * unit, count))
    return _mixed(pixels, veil, 250)


def _dots(random: np.random.Generator, shape: tuple[int, ...], radius_px: float, count: int) -> Plane:
    plane = np.zeros(shape[:2], np.uint8)
    places = np.stack([random.random(count) * shape[1], random.random(count) * shape[0]], axis=1)
    radii = np.maximum(1, np.round(radius_px * random.uniform(0.6, 1.3, count))).astype(int)
    for (x, y), radius in zip(np.round(places).astype(int).tolist(), radii.tolist(), strict=True):
        cv2.circle(plane, (x, y), radius, 255, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(plane, (0, 0), max(0.5, radius_px * 0.45))
    return np.asarray(soft, np.float32) / 255


def _mixed(pixels: Rgb, veil: npt.NDArray[np.float32], grey: int) -> Rgb:
    """Pixels seen through a veil of one grey, band by band."""

    def band(part: Rgb, rows: slice) -> Rgb:
        share = veil[rows][..., None]
        return np.round(part * (1 - share) + grey * share).astype(np.uint8)

    return by_bands(pixels, band)


_FALLING: dict[Weather, Callable[[Rgb, np.random.Generator, float], Rgb]] = {
    Weather.RAIN: _with_streaks,
    Weather.SNOW: _with_flakes,
}
