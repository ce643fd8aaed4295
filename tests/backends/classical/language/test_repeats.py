"""Pronouns and repeats: who is meant, and when the person is asked."""

import pytest

from ggedit.core.language import Context, Count, CountKind, KnownThing

from .shorthand import short, thing


def scene(*labels: str, mentions: tuple[KnownThing, ...] = ()) -> Context:
    return Context(tuple(KnownThing(label) for label in labels), mentions)


INSIDE = [
    ("add a hat to the man and make it red", "hat on(man)", "it"),
    ("give the nurse a hat and make her smile", "nurse", "her"),
    ("give the nurse a hat and make him smile", "nurse", "him"),
    ("give the nurse a hat and make them smile", "nurse", "them"),
    ("make the cat white and give her a bow", None, "her"),
    ("remove the cup next to the plate and make it blue", "plate", "it"),
    ("replace the dog with a cat and make it black", "cat", "it"),
    ("make the two dogs black and enlarge them", "2 dog", "them"),
    ("put sunglasses on the dog and make them red", "all sunglasses on(dog)", "them"),
    ("remove the cat on the left and make the other one grey", "cat right_of()", "the other one"),
    ("remove the red car and enlarge the blue one", "blue car", "the blue one"),
    ("remove the hat of the man on the left and make the man smile", "man left_of()", "the man"),
    ("add a dog to the sofa and make that dog black", "dog on(sofa)", "that dog"),
    ("the horse, please remove it", "horse", "it"),
]


@pytest.mark.parametrize(("text", "meant", "said"), INSIDE, ids=[row[0] for row in INSIDE])
def test_inside_the_instruction(parser, text, meant, said):
    instruction = parser.parse(text, Context())
    assert not instruction.questions
    clause = instruction.clauses[-1]
    referent = clause.target or clause.place.anchors[0]
    assert referent.resolved_from == said
    if meant is not None:
        assert thing(referent).replace("all sunglasses", "sunglasses") == meant.replace("all sunglasses", "sunglasses")


def test_two_things_side_by_side_make_two_clauses(parser):
    instruction = parser.parse("make the dog and the cat white, then enlarge them", Context())
    assert [short(c) for c in instruction.clauses[2:]] == ["resize dog = bigger", "resize cat = bigger"]


def test_owner_of_a_removed_thing(parser):
    instruction = parser.parse("remove the car and its shadow", Context())
    assert [short(c) for c in instruction.clauses] == ["remove car", "remove shadow with(car)"]


FROM_CONTEXT = [
    ("make it blue", scene("cup"), "cup"),
    ("remove it", scene("man", "car"), "car"),
    ("make her smile", scene("nurse", "car"), "nurse"),
    ("make him white", scene("cat", "chair"), "cat"),
    ("make them grey", scene("cat", "cat", "sofa"), "all cat"),
    ("make her smile", scene("woman", "girl", mentions=(KnownThing("girl"),)), "girl"),
    ("make it bigger", scene(mentions=(KnownThing("man"), KnownThing("hat", ("red",)))), "red hat"),
    ("remove the other one", scene("cat", "cat", mentions=(KnownThing("cat"),)), "cat"),
    ("give him a hat", scene("mannequin", mentions=(KnownThing("statue", animate=True),)), "statue"),
]


@pytest.mark.parametrize(("text", "context", "meant"), FROM_CONTEXT, ids=[f"{row[0]}-{row[2]}" for row in FROM_CONTEXT])
def test_scene_then_earlier_turns(parser, text, context, meant):
    instruction = parser.parse(text, context)
    clause = instruction.clauses[0]
    referent = clause.target or clause.place.anchors[0]
    assert not instruction.questions
    assert thing(referent) == meant
    assert referent.resolved_from


ASKED = [
    ("make her smile", Context()),
    ("make her smile", scene("woman", "girl")),
    ("remove it", scene("dog", "car")),
    ("delete them", Context()),
    ("remove the other one", Context()),
    ("add a hat to him", Context()),
]


@pytest.mark.parametrize(("text", "context"), ASKED)
def test_unclear_ones_are_asked(parser, text, context):
    assert parser.parse(text, context).questions


WHOLE = ["make it look like winter", "turn it into a watercolor", "make it night", "make it brighter"]


@pytest.mark.parametrize("text", WHOLE)
def test_it_may_be_the_whole_picture(parser, text):
    instruction = parser.parse(
        text, scene("dog", "car", mentions=(KnownThing("dog"),)) if "winter" in text else Context()
    )
    assert instruction.clauses[0].target is None
    assert not instruction.questions


PEOPLE = ["nurse", "doctor", "farmer", "teacher", "chef", "engineer"]
PRONOUNS = {"he": ("him", "his"), "she": ("her", "her"), "they": ("them", "their")}


@pytest.mark.parametrize("person", PEOPLE)
def test_he_she_and_they_mean_the_same(parser, person):
    answers = set()
    for accusative, possessive in PRONOUNS.values():
        text = f"move the {person} next to the table, give {accusative} a hat and make {possessive} coat red"
        instruction = parser.parse(text, Context())
        assert not instruction.questions
        answers.add(tuple(short(clause) for clause in instruction.clauses))
    assert len(answers) == 1


def test_exactly_the_number_that_is_meant(parser):
    (_, clause) = parser.parse("add three cups and make both of them blue", Context()).clauses
    assert clause.target.count == Count(CountKind.EXACTLY, 2)
