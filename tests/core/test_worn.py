"""Where worn things sit on a person."""

import pytest

from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Relation
from ggedit.core.layout import place
from ggedit.core.spots import Surroundings
from ggedit.core.worn import worn_box

MAN = Box(300, 60, 420, 560)
PORTRAIT = Box(100, 40, 500, 460)


@pytest.mark.parametrize(
    ("noun", "low", "high"),
    [("hat", 0.0, 0.08), ("glasses", 0.03, 0.1), ("moustache", 0.06, 0.13), ("necklace", 0.12, 0.22),
     ("tie", 0.16, 0.3), ("belt", 0.4, 0.5), ("boots", 0.85, 1.0)],
)  # fmt: skip
def test_the_middle_lies_where_the_thing_is_worn(noun: str, low: float, high: float):
    box = worn_box(noun, (40, 20), "tall man", MAN)
    assert box is not None
    assert box.center[0] == MAN.center[0]
    assert low <= (box.center[1] - MAN.y1) / MAN.height <= high


def test_in_a_portrait_the_head_is_large():
    standing, portrait = (worn_box("glasses", (40, 20), "woman", body) for body in (MAN, PORTRAIT))
    assert standing is not None and portrait is not None
    assert (portrait.center[1] - PORTRAIT.y1) / PORTRAIT.height > 2 * (standing.center[1] - MAN.y1) / MAN.height


@pytest.mark.parametrize(("noun", "wearer"), [("cup", "man"), ("hat", "table"), ("hat", ""), ("hat", "dog")])
def test_what_is_not_worn_has_no_such_place(noun: str, wearer: str):
    assert worn_box(noun, (40, 20), wearer, MAN) is None


def test_the_layout_puts_glasses_on_the_face():
    scene = Surroundings(Extent(640, 600), (MAN,), ("man",), new="glasses")
    found = place(40, 14, relation=Relation.ON, scene=scene)
    assert MAN.y1 + 10 < found.box.center[1] < MAN.y1 + 60
    assert "wear" in found.why
