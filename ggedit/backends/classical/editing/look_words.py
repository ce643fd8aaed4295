"""What the words for a look mean: colours, tones and weather, as operations with amounts.

Looks that would need new content (materials, styles, faces) are not here: ``read_look`` gives
None for them, and the editor refuses them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ....core.freeze import Frozen


class Tone(StrEnum):
    """Changes of light and colour that keep every detail."""

    BRIGHTNESS = "brightness"
    CONTRAST = "contrast"
    SATURATION = "saturation"
    WARMTH = "warmth"
    BLUR = "blur"
    SHARPNESS = "sharpness"
    GREY = "grey"
    SEPIA = "sepia"
    INVERT = "invert"


class Weather(StrEnum):
    """Light and weather for a whole scene."""

    GOLDEN_HOUR = "golden hour"
    FOG = "fog"
    RAIN = "rain"
    NIGHT = "night"
    SNOW = "snow"
    AUTUMN = "autumn"


@dataclass(frozen=True, slots=True)
class Recolour(Frozen):
    """Another colour: its name, and its sRGB bytes."""

    name: str
    rgb: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class ToneChange(Frozen):
    """``amount`` in [-2, 2]: 1 = clearly visible, negative = the other way (darker, cooler)."""

    tone: Tone
    amount: float


@dataclass(frozen=True, slots=True)
class WeatherChange(Frozen):
    """``amount`` in [0, 2]: 1 = clearly visible."""

    weather: Weather
    amount: float


Look = Recolour | ToneChange | WeatherChange

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (205, 28, 36),
    "orange": (240, 125, 25),
    "yellow": (245, 208, 40),
    "lime": (160, 210, 40),
    "green": (38, 140, 62),
    "mint": (150, 220, 185),
    "olive": (120, 120, 40),
    "teal": (0, 128, 128),
    "turquoise": (48, 200, 190),
    "cyan": (30, 190, 220),
    "blue": (32, 84, 196),
    "navy": (24, 40, 96),
    "sky blue": (120, 185, 235),
    "indigo": (70, 50, 150),
    "purple": (128, 48, 168),
    "violet": (140, 80, 200),
    "lavender": (190, 165, 225),
    "magenta": (200, 30, 140),
    "pink": (242, 128, 172),
    "burgundy": (115, 22, 45),
    "salmon": (245, 140, 115),
    "peach": (250, 190, 150),
    "brown": (118, 72, 40),
    "chocolate": (88, 52, 32),
    "tan": (205, 170, 125),
    "beige": (225, 208, 175),
    "cream": (245, 235, 205),
    "gold": (190, 142, 48),
    "silver": (190, 192, 196),
    "black": (26, 26, 28),
    "white": (244, 244, 242),
    "grey": (132, 132, 134),
}
"""Everyday colour names as typical objects show them, sRGB."""

_SAME_COLOUR = {
    "gray": "grey",
    "golden": "gold",
    "blonde": "gold",
    "blond": "gold",
    "ginger": "orange",
    "crimson": "red",
    "scarlet": "red",
    "maroon": "burgundy",
    "wine red": "burgundy",
    "rose": "pink",
    "hot pink": "magenta",
    "fuchsia": "magenta",
    "lilac": "lavender",
    "aqua": "cyan",
    "emerald": "green",
    "azure": "sky blue",
    "navy blue": "navy",
    "royal blue": "blue",
    "sand": "beige",
    "ivory": "cream",
    "coral": "salmon",
    "amber": "gold",
    "charcoal": "dark grey",
}

_SHADES = {
    "dark": (0.55, 0.0),
    "deep": (0.7, 0.0),
    "light": (0.62, 0.38),
    "pale": (0.5, 0.5),
    "pastel": (0.5, 0.5),
    "bright": (1.1, 0.03),
    "vivid": (1.1, 0.0),
    "neon": (1.1, 0.1),
}
"""Shade words as (share of the colour, share of white)."""

_TONES: dict[str, tuple[Tone, float]] = {
    "brighter": (Tone.BRIGHTNESS, 1.0),
    "bright": (Tone.BRIGHTNESS, 1.0),
    "lighter": (Tone.BRIGHTNESS, 1.0),
    "brighten": (Tone.BRIGHTNESS, 1.0),
    "lighten": (Tone.BRIGHTNESS, 1.0),
    "darker": (Tone.BRIGHTNESS, -1.0),
    "dark": (Tone.BRIGHTNESS, -1.0),
    "darken": (Tone.BRIGHTNESS, -1.0),
    "dimmer": (Tone.BRIGHTNESS, -1.0),
    "dim": (Tone.BRIGHTNESS, -1.0),
    "contrast": (Tone.CONTRAST, 1.0),
    "contrasty": (Tone.CONTRAST, 1.0),
    "punchier": (Tone.CONTRAST, 1.0),
    "dramatic": (Tone.CONTRAST, 1.3),
    "flatter": (Tone.CONTRAST, -1.0),
    "saturated": (Tone.SATURATION, 1.0),
    "saturation": (Tone.SATURATION, 1.0),
    "colourful": (Tone.SATURATION, 1.0),
    "vivid": (Tone.SATURATION, 1.0),
    "vibrant": (Tone.SATURATION, 1.0),
    "duller": (Tone.SATURATION, -1.0),
    "dull": (Tone.SATURATION, -1.0),
    "muted": (Tone.SATURATION, -1.0),
    "faded": (Tone.SATURATION, -1.0),
    "paler": (Tone.SATURATION, -0.7),
    "desaturated": (Tone.SATURATION, -1.0),
    "warmer": (Tone.WARMTH, 1.0),
    "warm": (Tone.WARMTH, 1.0),
    "cooler": (Tone.WARMTH, -1.0),
    "colder": (Tone.WARMTH, -1.0),
    "cool": (Tone.WARMTH, -1.0),
    "cold": (Tone.WARMTH, -1.0),
    "blur": (Tone.BLUR, 1.0),
    "blurry": (Tone.BLUR, 1.0),
    "blurred": (Tone.BLUR, 1.0),
    "blurrier": (Tone.BLUR, 1.0),
    "bokeh": (Tone.BLUR, 1.0),
    "out of focus": (Tone.BLUR, 1.0),
    "softer": (Tone.BLUR, 0.4),
    "soft": (Tone.BLUR, 0.4),
    "sharper": (Tone.SHARPNESS, 1.0),
    "sharp": (Tone.SHARPNESS, 1.0),
    "sharpen": (Tone.SHARPNESS, 1.0),
    "crisper": (Tone.SHARPNESS, 1.0),
    "crisp": (Tone.SHARPNESS, 1.0),
    "in focus": (Tone.SHARPNESS, 1.0),
    "black and white": (Tone.GREY, 1.0),
    "black-and-white": (Tone.GREY, 1.0),
    "monochrome": (Tone.GREY, 1.0),
    "greyscale": (Tone.GREY, 1.0),
    "colourless": (Tone.GREY, 1.0),
    "sepia": (Tone.SEPIA, 1.0),
    "vintage": (Tone.SEPIA, 0.6),
    "old": (Tone.SEPIA, 0.8),
    "old photo": (Tone.SEPIA, 0.8),
    "inverted": (Tone.INVERT, 1.0),
    "negative": (Tone.INVERT, 1.0),
}

_WEATHER: dict[str, Weather] = {
    "golden hour": Weather.GOLDEN_HOUR,
    "sunset": Weather.GOLDEN_HOUR,
    "sunrise": Weather.GOLDEN_HOUR,
    "evening": Weather.GOLDEN_HOUR,
    "evening light": Weather.GOLDEN_HOUR,
    "fog": Weather.FOG,
    "foggy": Weather.FOG,
    "mist": Weather.FOG,
    "misty": Weather.FOG,
    "haze": Weather.FOG,
    "hazy": Weather.FOG,
    "rain": Weather.RAIN,
    "rainy": Weather.RAIN,
    "raining": Weather.RAIN,
    "night": Weather.NIGHT,
    "night time": Weather.NIGHT,
    "nighttime": Weather.NIGHT,
    "snow": Weather.SNOW,
    "snowy": Weather.SNOW,
    "snowing": Weather.SNOW,
    "winter": Weather.SNOW,
    "wintry": Weather.SNOW,
    "autumn": Weather.AUTUMN,
    "autumnal": Weather.AUTUMN,
    "fall": Weather.AUTUMN,
}

_AMOUNTS = {
    "a little": 0.5,
    "a bit": 0.5,
    "a tad": 0.4,
    "slightly": 0.5,
    "somewhat": 0.7,
    "subtly": 0.5,
    "much": 1.6,
    "a lot": 1.6,
    "far": 1.6,
    "way": 1.6,
    "very": 1.5,
    "strongly": 1.6,
    "extremely": 2.0,
    "really": 1.5,
    "heavily": 1.6,
    "heavy": 1.5,
    "dense": 1.5,
    "thick": 1.5,
}

_NOISE_WORDS = """
a an the more it its look looks looking like make made turn turned be being with in into to of at colour colours
coloured colored painted dyed effect photo picture image scene time day style season weather some add increase
increased higher raise raised bit light
"""
_NOISE = frozenset(_NOISE_WORDS.split())
_LESS = frozenset(["less", "lower", "reduce", "reduced", "decrease", "decreased", "without"])
_SPELLINGS = (("gray", "grey"), ("color", "colour"), ("b&w", "black and white"), ("b/w", "black and white"))


def read_look(text: str) -> tuple[Look, ...] | None:
    """The operations that a look's words ask for, in their order; None where some are not understood."""
    words = _normalised(text)
    looks: list[Look] = []
    for part in _parts(words):
        look = _read_part(part)
        if look is None:
            return None
        looks.append(look)
    return tuple(looks) or None


def scene_look(look: Look) -> Look:
    """The look as meant for a whole scene: "grey" then takes all colour away, not one paint's."""
    if isinstance(look, Recolour) and look.name in {"grey", "gray"}:
        return ToneChange(Tone.GREY, 1.0)
    return look


def _normalised(text: str) -> str:
    words = text.lower().strip(" .!?\"'")
    for theirs, ours in _SPELLINGS:
        words = words.replace(theirs, ours)
    return " ".join(re.sub(r"[^a-z\- ,&]", " ", words).split())


def _parts(words: str) -> list[str]:
    """Split at commas and "and", but not inside a known look such as "black and white"."""
    if _read_part(words) is not None:
        return [words]
    return [part.strip() for part in re.split(r",|&|\band\b", words) if part.strip()]


def _read_part(words: str) -> Look | None:
    """One look, with its amount."""
    amount, words = _take_amount(words)
    sign = -1.0 if set(words.split()) & _LESS else 1.0
    core = _core(words)
    for phrase in (_without(words, _LESS), core):
        if phrase in _TONES:
            tone, standard = _TONES[phrase]
            return ToneChange(tone, max(-2.0, min(2.0, standard * amount * sign)))
        if phrase in _WEATHER:
            return WeatherChange(_WEATHER[phrase], min(2.0, amount))
    return _read_colour(core)


def _take_amount(words: str) -> tuple[float, str]:
    for phrase, amount in _AMOUNTS.items():
        found = re.search(rf"\b{phrase}\b", words)
        if found:
            return amount, " ".join((words[: found.start()] + words[found.end() :]).split())
    return 1.0, words


def _without(words: str, dropped: frozenset[str]) -> str:
    return " ".join(word for word in words.split() if word not in dropped)


def _core(words: str) -> str:
    """The words that carry meaning. "light" is noise in "evening light" but not in "light blue"."""
    kept = [w for w in words.replace("-", " ").split() if w not in _LESS]
    if "light" in kept[:-1]:
        return " ".join(w for w in kept if w == "light" or w not in _NOISE)
    return " ".join(w for w in kept if w not in _NOISE)


def _read_colour(words: str) -> Recolour | None:
    rgb = _colour_of(words)
    return None if rgb is None else Recolour(words, rgb)


def _colour_of(words: str) -> tuple[int, int, int] | None:
    """A colour by its name, or by a shade word before or "-ish" after the name."""
    words = _SAME_COLOUR.get(words, words)
    if words in COLOURS:
        return COLOURS[words]
    first, _, rest = words.partition(" ")
    if first in _SHADES and rest:
        base = _colour_of(rest)
        return None if base is None else _shaded(base, _SHADES[first])
    if words.endswith("ish"):
        stem = words.removesuffix("ish")
        return COLOURS.get(stem) or COLOURS.get(stem[:-1]) or COLOURS.get(stem + "e")
    return None


def _shaded(rgb: tuple[int, int, int], shade: tuple[float, float]) -> tuple[int, int, int]:
    keep, white = shade
    red, green, blue = (min(255, round(value * keep + 255 * white)) for value in rgb)
    return red, green, blue
