"""What words for a look are read as."""

from __future__ import annotations

import pytest

from ggedit.backends.classical.editing.look_words import (
    COLOURS,
    Look,
    Recolour,
    Tone,
    ToneChange,
    Weather,
    WeatherChange,
    read_look,
    scene_look,
)


@pytest.mark.parametrize("name", COLOURS)
def test_every_colour_name_is_read(name: str) -> None:
    looks = read_look(name)
    assert looks == (Recolour(name, COLOURS[name]),)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Blue", "blue"),
        ("gray", "grey"),
        ("the color red", "red"),
        ("painted green", "green"),
        ("hot pink", "magenta"),
        ("golden", "gold"),
        ("maroon", "burgundy"),
        ("reddish", "red"),
        ("bluish", "blue"),
        ("coloured purple", "purple"),
    ],
)
def test_other_ways_to_say_a_colour(text: str, name: str) -> None:
    looks = read_look(text)
    assert looks is not None and len(looks) == 1
    assert isinstance(looks[0], Recolour) and looks[0].rgb == COLOURS[name]


@pytest.mark.parametrize(("text", "sign"), [("dark blue", -1), ("light blue", 1), ("pale green", 1)])
def test_shades_are_darker_or_lighter(text: str, sign: int) -> None:
    looks = read_look(text)
    assert looks is not None and isinstance(looks[0], Recolour)
    assert (sum(looks[0].rgb) - sum(COLOURS[text.split()[1]])) * sign > 0


@pytest.mark.parametrize(
    ("text", "tone", "sign"),
    [
        ("brighter", Tone.BRIGHTNESS, 1),
        ("darker", Tone.BRIGHTNESS, -1),
        ("less bright", Tone.BRIGHTNESS, -1),
        ("more contrast", Tone.CONTRAST, 1),
        ("less contrast", Tone.CONTRAST, -1),
        ("more colourful", Tone.SATURATION, 1),
        ("more colorful", Tone.SATURATION, 1),
        ("less saturated", Tone.SATURATION, -1),
        ("muted", Tone.SATURATION, -1),
        ("warmer", Tone.WARMTH, 1),
        ("cooler", Tone.WARMTH, -1),
        ("blurry", Tone.BLUR, 1),
        ("blur", Tone.BLUR, 1),
        ("out of focus", Tone.BLUR, 1),
        ("sharper", Tone.SHARPNESS, 1),
        ("black and white", Tone.GREY, 1),
        ("black-and-white", Tone.GREY, 1),
        ("B&W", Tone.GREY, 1),
        ("monochrome", Tone.GREY, 1),
        ("sepia", Tone.SEPIA, 1),
    ],
)
def test_tones(text: str, tone: Tone, sign: int) -> None:
    looks = read_look(text)
    assert looks is not None and len(looks) == 1
    assert isinstance(looks[0], ToneChange) and looks[0].tone is tone and looks[0].amount * sign > 0


@pytest.mark.parametrize(
    ("text", "weather"),
    [
        ("golden hour", Weather.GOLDEN_HOUR),
        ("a sunset", Weather.GOLDEN_HOUR),
        ("foggy", Weather.FOG),
        ("rainy day", Weather.RAIN),
        ("look like winter", Weather.SNOW),
        ("night time", Weather.NIGHT),
        ("autumn", Weather.AUTUMN),
    ],
)
def test_weather(text: str, weather: Weather) -> None:
    assert read_look(text) == (WeatherChange(weather, 1.0),)


def test_amount_words_order() -> None:
    amounts = []
    for text in ("slightly darker", "darker", "much darker"):
        looks = read_look(text)
        assert looks is not None and isinstance(looks[0], ToneChange)
        amounts.append(looks[0].amount)
    assert amounts[0] > amounts[1] > amounts[2]


def test_several_looks_in_one_text() -> None:
    looks = read_look("blue and a bit brighter, sharper")
    assert looks is not None
    assert [type(look) for look in looks] == [Recolour, ToneChange, ToneChange]


@pytest.mark.parametrize(
    "text",
    [
        "wooden",
        "smiling",
        "like a van Gogh",
        "made of glass",
        "older",
        "blue and wooden",
        "striped",
        "",
        "???",
        "a dog",
    ],
)
def test_what_would_need_new_content_is_not_read(text: str) -> None:
    assert read_look(text) is None


@pytest.mark.parametrize(
    ("look", "scene"),
    [
        (Recolour("grey", COLOURS["grey"]), ToneChange(Tone.GREY, 1.0)),
        (Recolour("blue", COLOURS["blue"]), Recolour("blue", COLOURS["blue"])),
    ],
    ids=["grey", "blue"],
)
def test_grey_of_a_scene_takes_all_colour(look: Look, scene: Look) -> None:
    assert scene_look(look) == scene
