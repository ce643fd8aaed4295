"""The instructions that the documentation shows."""

import pytest

from ggedit.core.language import Context

from .shorthand import short

EXAMPLES = {
    "remove the dog": "remove dog",
    "remove the spoon": "remove spoon",
    "make the cup blue": "restyle cup = blue",
    "move the cup to the right": "move cup @ right_of()",
    "remove the woman on the left": "remove woman left_of()",
    "make the orange flower purple": "restyle orange flower = purple",
    "blur the background": "background - = blur",
    "add another flower to the left of the flower": "insert flower @ left_of(flower)",
    "remove the black helmet": "remove black helmet",
    "make the motorcycle blue": "restyle motorcycle = blue",
    "remove the cat on the left": "remove cat left_of()",
    "make the two cats grey": "restyle 2 cat = grey",
}


@pytest.mark.parametrize(("text", "expected"), EXAMPLES.items(), ids=list(EXAMPLES))
def test_example(parser, text, expected):
    instruction = parser.parse(text, Context())
    assert [short(clause) for clause in instruction.clauses] == [expected]
    assert not instruction.questions
