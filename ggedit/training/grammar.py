"""Edit instructions made from a small grammar, with every word's role known."""

from __future__ import annotations

import random
from collections.abc import Callable

from .tagged import Tagged, from_spans

_NOUNS = (
    "dog cat car bus tree lamp chair table sofa bed cup plate bowl bottle book vase flower plant rock house "
    "bridge boat horse cow sheep bird duck man woman boy girl child baby person dancer nurse chef tie shirt hat "
    "jacket dress skirt shoe bag backpack umbrella phone laptop keyboard clock mirror painting window door wall "
    "roof fence sign lantern bench road river lake mountain cloud sky moon sun star beach field castle tower "
    "church statue fountain cake pizza apple banana orange cookie sandwich spoon fork knife guitar piano violin "
    "ball kite balloon bicycle motorcycle truck train airplane helmet glasses beard hair crown sword robot "
    "dragon rabbit fox bear lion tiger elephant giraffe fish turtle frog snake butterfly candle curtain rug "
    "pillow blanket shelf box basket bucket ladder rope flag mushroom cactus rose tulip pond"
).split()
_COLOURS = ("red blue green yellow orange purple pink brown black white grey gold silver dark bright").split()
_ADJECTIVES = ("small big old wooden metal tall striped shiny rusty fluffy leather little round broken empty").split()
_LOOKS = (
    "in the style of Van Gogh|look like winter|a watercolour painting|sunset|at night|rainy|black and white|"
    "pop art|foggy|more colourful|a pencil sketch|in autumn|snowy|brighter|a cartoon|look old|a comic book|"
    "cyberpunk"
).split("|")
_PRONOUNS = ("him her it them").split()
_SIDES = ("left right top bottom upper lower leftmost rightmost middle far-left").split()
_RELATIONS = (
    "to the left of|to the right of|on the left of|on the right side of|above|below|under|behind|in front of|"
    "next to|near|on top of|beside|beneath|over"
).split("|")

Piece = tuple[str, str]
Pieces = list[Piece]


def _article(rng: random.Random) -> Pieces:
    return [(rng.choice(["the", "the", "the", "a", "that", "this"]), "")]


def _thing(rng: random.Random, role: str) -> Pieces:
    """A noun phrase: its qualities are attributes, its noun has the role."""
    noun = rng.choice(_NOUNS)
    noun = noun + "s" if rng.random() < 0.15 and not noun.endswith("s") else noun
    quality: Pieces = [(rng.choice(_COLOURS + _ADJECTIVES), "attribute")] if rng.random() < 0.3 else []
    return [*_article(rng), *quality, (noun, role)]


def _new(rng: random.Random) -> Pieces:
    quality: Pieces = [(rng.choice(_COLOURS + _ADJECTIVES), "attribute")] if rng.random() < 0.4 else []
    return [(rng.choice(["a", "a", "an", "another", "some"]), ""), *quality, (rng.choice(_NOUNS), "new")]


def _sided(rng: random.Random) -> Pieces:
    """The target with an absolute side, before or after its noun."""
    if rng.random() < 0.5:
        return [("the", ""), (rng.choice(_SIDES), "direction"), (rng.choice(_NOUNS), "target")]
    return [*_thing(rng, "target"), ("on the", ""), (rng.choice(_SIDES[:4]), "direction")]


def _related(rng: random.Random) -> Pieces:
    """The target placed by another thing."""
    return [*_thing(rng, "target"), (rng.choice(_RELATIONS), "direction"), *_thing(rng, "reference")]


def _target(rng: random.Random) -> Pieces:
    return rng.choices([lambda r: _thing(r, "target"), _sided, _related], weights=[5, 2, 3])[0](rng)


def _remove(rng: random.Random) -> Pieces:
    verb = rng.choice(["remove", "delete", "erase", "drop", "take out", "get rid of", "take away"])
    tail: Pieces = [(rng.choice(["from the picture", "please", "completely"]), "")] if rng.random() < 0.2 else []
    return [(verb, ""), *_target(rng), *tail]


def _recolour(rng: random.Random) -> Pieces:
    verb = rng.choice(["make", "turn", "paint", "color", "colour", "dye", "have"])
    return [(verb, ""), *_target(rng), (rng.choice(_COLOURS), "attribute")]


def _pronoun(rng: random.Random) -> Pieces:
    verb = rng.choice(["make", "turn", "have", "give"])
    end: Pieces = [(rng.choice(_COLOURS), "attribute")] if verb != "give" else _new(rng)
    return [(verb, ""), (rng.choice(_PRONOUNS), "target"), *end]


def _replace(rng: random.Random) -> Pieces:
    verb, link = rng.choice(
        [("replace", "with"), ("swap", "for"), ("change", "into"), ("turn", "into"), ("convert", "to")]
    )
    return [(verb, ""), *_target(rng), (link, ""), *_new(rng)]


def _insert(rng: random.Random) -> Pieces:
    verb = rng.choice(["add", "put", "place", "insert", "set", "position", "hang", "draw"])
    return [(verb, ""), *_new(rng), (rng.choice(_RELATIONS), "direction"), *_thing(rng, "reference")]


def _insert_somewhere(rng: random.Random) -> Pieces:
    tail: Pieces = [("on the", ""), (rng.choice(_SIDES[:4]), "direction")] if rng.random() < 0.6 else []
    return [(rng.choice(["add", "put", "insert"]), ""), *_new(rng), *tail]


def _whole(rng: random.Random) -> Pieces:
    opening = rng.choice(["make it", "make the picture", "turn the image into", "have it be", "change it to"])
    return [(opening, ""), (rng.choice(_LOOKS), "attribute")]


def _move(rng: random.Random) -> Pieces:
    goal: Pieces = [("to the", ""), (rng.choice(_SIDES[:4]), "direction")]
    if rng.random() < 0.5:
        goal = [(rng.choice(_RELATIONS), "direction"), *_thing(rng, "reference")]
    return [(rng.choice(["move", "shift", "bring", "slide"]), ""), *_thing(rng, "target"), *goal]


_RULES: tuple[tuple[Callable[[random.Random], Pieces], int], ...] = (
    (_remove, 3),
    (_recolour, 4),
    (_pronoun, 2),
    (_replace, 4),
    (_insert, 3),
    (_insert_somewhere, 2),
    (_whole, 3),
    (_move, 2),
)
_OPENINGS = ("", "", "", "", "please", "could you", "now", "can you please")


def make_sentences(count: int, seed: int) -> list[Tagged]:
    """``count`` sentences; the same seed gives the same ones."""
    rng = random.Random(seed)
    rules, weights = zip(*_RULES, strict=True)
    made: list[Tagged] = []
    for rule in rng.choices(rules, weights=weights, k=count):
        tagged = from_spans([(rng.choice(_OPENINGS), ""), *rule(rng)])
        words = tuple(w.capitalize() if i == 0 and rng.random() < 0.5 else w for i, w in enumerate(tagged.words))
        made.append(Tagged(words, tagged.allowed))
    return made
