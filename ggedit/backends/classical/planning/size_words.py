"""How much larger or smaller, read from words."""

from __future__ import annotations

import re

_UP = r"\b(bigger|larger|big|large|enlarge|grow|increase|taller|wider|tall|wide|upscale|huge|giant|gigantic|enormous)\b"
_DOWN = r"\b(smaller|small|shrink|reduce|decrease|tinier|tiny|shorter|thinner|downscale|little|less|miniature)\b"
_STRONG = r"\b(much|way|far|lot|very|huge|giant|gigantic|enormous|tiny|miniature|considerably|significantly)\b"
_WEAK = r"\b(slightly|a bit|a little|somewhat|a touch|marginally)\b"
_TIMES = {"double": 2.0, "twice": 2.0, "triple": 3.0, "thrice": 3.0, "quadruple": 4.0}
_PARTS = {"half": 0.5, "halve": 0.5, "third": 1 / 3, "quarter": 0.25}
_COUNT = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
LARGER, SMALLER = 1.3, 0.75
"""Plain "bigger" and "smaller": clearly visible, and unlikely to leave the picture (judgements)."""


def resize_factor(words: str) -> float | None:
    """The factor on width and height that the words ask for, in [0.1, 8]; None if they name none.

    "twice as large" 2, "half the size" 0.5, "20 % smaller" 0.8, "by 50 %" 1.5, "to 50 %" 0.5,
    "a bit bigger" 1.15, "much smaller" 0.5.
    """
    text = words.lower().replace("percent", "%").replace("per cent", "%")
    factor = _percent(text) or _times(text) or _part(text) or _plain(text)
    return None if factor is None else min(max(factor, 0.1), 8.0)


def _shrinks(text: str) -> bool:
    return bool(re.search(_DOWN, re.sub(_WEAK, "", text)))


def _percent(text: str) -> float | None:
    match = re.search(r"(\d+(?:\.\d+)?)\s*%", text)
    if not match:
        return None
    share = float(match.group(1)) / 100
    relative = re.search(r"\bby\b", text) or re.search(
        r"%\s*(bigger|larger|smaller|taller|wider|shorter|more|less)", text
    )
    if not relative or re.search(r"\bto\s+\d", text):
        return share
    return 1 - share if _shrinks(text) else 1 + share


def _times(text: str) -> float | None:
    match = re.search(
        r"(\d+(?:\.\d+)?)\s*(?:x\b|times)|\bx\s*(\d+(?:\.\d+)?)|\b(two|three|four|five) times"
        r"|\bby (?:a )?(?:factor (?:of )?)?(\d+(?:\.\d+)?|two|three|four|five)$",
        text,
    )
    factor = next((value for word, value in _TIMES.items() if re.search(rf"\b{word}", text)), None)
    if match:
        found = next(group for group in match.groups() if group)
        factor = _COUNT.get(found) or float(found)
    if not factor:
        return None
    return 1 / factor if _shrinks(text) else factor


def _part(text: str) -> float | None:
    part = next((value for word, value in _PARTS.items() if re.search(rf"\b{word}", text)), None)
    if part is None or not re.search(rf"\bby (a |one )?\w+.*|{_UP}|{_DOWN}", text):
        return part
    if re.search(r"\bas\b", text) or not re.search(r"\bby\b", text):
        return part
    return 1 - part if _shrinks(text) or not re.search(_UP, text) else 1 + part


def _plain(text: str) -> float | None:
    if _shrinks(text):
        return 0.5 if re.search(_STRONG, text) else 0.87 if re.search(_WEAK, text) else SMALLER
    if re.search(_UP, text):
        return 1.7 if re.search(_STRONG, text) else 1.15 if re.search(_WEAK, text) else LARGER
    return None
