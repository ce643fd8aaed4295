"""What every trainer tells while it works, and the curve that it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_SMOOTHING = 0.02
_COLOURS = (("#b8c4d6", "#1f4e8c"), ("#e3c7b5", "#b0561b"), ("#bcd9c3", "#2c7a45"))


@dataclass(frozen=True, slots=True)
class Progress:
    """After a training step: ``loss`` is that step's."""

    step: int
    steps: int
    loss: float


def draw_curves(curves: Mapping[str, Sequence[float]], path: Path) -> None:
    """Losses per step as a PNG, one panel each: thin line per step, thick line smoothed."""
    from PIL import Image, ImageDraw

    width, height, pad = 640, 300, 30
    image = Image.new("RGB", (width, height * len(curves)), "white")
    draw = ImageDraw.Draw(image)
    for number, (name, values) in enumerate(curves.items()):
        top = number * height
        highest = max((v for v in values if v == v), default=1.0) or 1.0
        for line, colour, wide in zip((values, _smooth(values)), _COLOURS[number % len(_COLOURS)], (1, 3), strict=True):
            draw.line(_points(line, highest, (pad, top + pad, width - pad, top + height - pad)), colour, wide)
        draw.rectangle((pad, top + pad, width - pad, top + height - pad), outline="#888888")
        draw.text((pad, top + 8), f"{name} per step, highest {highest:.3g}, {len(values)} steps", fill="black")
    image.save(path)


def _smooth(values: Sequence[float]) -> list[float]:
    smooth, mean = [], values[0] if values else 0.0
    for value in values:
        mean += _SMOOTHING * (value - mean)
        smooth.append(mean)
    return smooth


def _points(values: Sequence[float], highest: float, box: tuple[int, int, int, int]) -> list[tuple[float, float]]:
    x1, y1, x2, y2 = box
    last = max(len(values) - 1, 1)
    return [(x1 + (x2 - x1) * i / last, y2 - (y2 - y1) * value / highest) for i, value in enumerate(values)]
