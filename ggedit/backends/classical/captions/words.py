"""Words that decide how a caption's nouns and prepositions are read."""

from __future__ import annotations

from ggedit.core.inflection import word_set

GROUPS = word_set(
    "group herd flock bunch set pair pairs couple lot lots row line pile stack number variety kind type sort piece "
    "pieces slice slices bit part crowd cluster collection array groups rows bunches stacks piles half loads tons "
    "amount section strip picture photo image photograph view close-up closeup shot scene background foreground"
)
"""Words before "of" that stand for what they are of."""

FRAMES = word_set("picture photo image photograph view close-up closeup shot scene")
"""Words for the picture itself, which is no thing in it."""

CONTAINERS = word_set("box bowl plate basket cup glass bag bottle jar tray vase bucket pot can case pan mug dish")

PLACES = word_set(
    "side top front middle center centre back end edge bottom corner left right rear base background foreground "
    "sides inside outside tip ends"
)
"""Nouns that with "of" make a preposition: "on the side of"."""

PARTS = word_set(
    "leg legs head face hand hands arm arms foot feet eye eyes ear ears nose mouth tail hair neck back body wing wings "
    "paw paws trunk tusk tusks mane horn horns beak finger fingers shoulder shoulders knee knees wrist lap chest chin "
    "beard teeth tongue fur feathers snout stomach stripes spots roof window windows door doors wheel wheels tire "
    "tires handle top bottom side edge leaf leaves branch branches trunk stem petals"
)

CLOTHES = word_set(
    "shirt t-shirt tshirt jacket coat hat cap helmet pants jeans shorts shoes shoe boots boot sneakers sandals dress "
    "skirt suit tie glasses sunglasses goggles gloves glove sweater vest scarf socks uniform jersey watch ring "
    "necklace hoodie wetsuit shoes clothes clothing outfit bikini swimsuit belt sweatshirt apron robe ballcap beanie "
    "costume visor headband bracelet earring earrings tank"
)

MATERIALS = word_set(
    "glass brick stone metal plastic wood wooden leather concrete cement steel brass paper iron marble rubber cloth "
    "wicker cardboard chrome granite tile straw denim ceramic bamboo porcelain duffel hash"
)
NAMES = frozenset(
    ["hot dog", "potted plant", "fire hydrant", "wine glass", "teddy bear", "stop sign", "cutting board", "cell phone"]
)
"""Names of two words that are one thing, whatever the tagger makes of the first."""
COLOURS = word_set(
    "red green blue yellow white black brown gray grey orange purple pink tan silver gold beige maroon teal navy cream "
    "golden"
)

ANIMATE = word_set(
    "man men woman women person people boy boys girl girls child children kid kids baby lady guy player skier surfer "
    "snowboarder skateboarder rider batter catcher pitcher umpire officer dog dogs cat cats horse horses cow cows "
    "sheep bird birds elephant elephants zebra zebras giraffe giraffes bear bears lamb goat duck ducks goose geese pig "
    "monkey lion tiger seagull couple crowd family players skiers surfers"
)

NUMBERS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
           "ten": "10"}  # fmt: skip

NO_VERBS = word_set(
    "building ceiling string wing ring thing awning railing clothing siding icing morning evening king spring"
)
"""Nouns that end like a verb that acts."""

PARTICIPLES = word_set(
    "parked attached mounted painted covered filled surrounded seated located placed printed written hung stacked "
    "wrapped reflected topped lined displayed gathered posed perched laid tied connected"
)
"""Participles that say how a thing is when they follow a noun."""

STAND_IN = "beside"
PHRASES = (
    "far away from", "far from", "away from", "(?:to |at |on )?(?:the )?(?:left|right)(?:-hand)? of", "next to",
    "close to",
    "(?:at|on|to) (?:the )?(?:left|right)(?:-hand)? side of", "adjacent to", "opposite to", "across from", "ahead of",
    "down from", "parallel to", "perpendicular to", "facing away from", "at the edge of", "at the back of",
    "at the side of", "part of",
)  # fmt: skip
"""Prepositions of several words, as patterns; they may follow "is", a noun or a verb."""

SAME_AS = {"adjacent to": "next to", "at side of": "on side of", "at edge of": "on edge of", "at back of": "on back of"}
"""Phrases -> the annotators' words."""

PREPOSITIONS = {
    "underneath": "under",
    "beneath": "under",
    "in middle of": "on middle of",
    "at bottom of": "on bottom of",
}
"""Prepositions -> the annotators' word."""

ADJECTIVES = {"wood": "wooden"}
"""Materials -> the annotators' word."""

LEMMAS = {"rid": "ride", "lie": "lay", "seat": "sit", "wearing": "wear", "ridden": "ride"}
"""spaCy's lemma -> the annotators' word."""

PEOPLE = word_set("they them he him she her someone")
"""Pronouns that stand for people who are not named."""
