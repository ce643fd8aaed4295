"""Which labels a word may stand for: plural forms, everyday synonyms, and what is a kind of what."""

from __future__ import annotations

from functools import lru_cache

from ...core.inflection import singular

PERSON_WORDS = frozenset(
    [
        "person",
        "people",
        "human",
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "kid",
        "baby",
        "toddler",
        "guy",
        "gal",
        "lady",
        "gentleman",
        "dude",
        "male",
        "female",
        "adult",
        "teenager",
        "teen",
        "player",
        "batter",
        "catcher",
        "pitcher",
        "umpire",
        "referee",
        "skier",
        "snowboarder",
        "surfer",
        "skater",
        "skateboarder",
        "rider",
        "driver",
        "cyclist",
        "biker",
        "bride",
        "groom",
        "mother",
        "father",
        "mom",
        "dad",
        "mum",
        "grandma",
        "grandpa",
        "son",
        "daughter",
        "brother",
        "sister",
        "friend",
        "officer",
        "policeman",
        "soldier",
        "worker",
        "chef",
        "cook",
        "waiter",
        "waitress",
        "nurse",
        "doctor",
        "teacher",
        "student",
        "singer",
        "dancer",
        "musician",
        "someone",
        "somebody",
        "individual",
        "spectator",
        "fan",
        "crowd",
        "family",
        "couple",
        "pedestrian",
        "astronaut",
    ]
)
_ANIMALS = """animal creature pet dog cat horse cow sheep bird elephant bear zebra giraffe puppy kitten goat pig lion
tiger rabbit duck chicken hen rooster goose swan fox wolf deer monkey mouse rat squirrel fish donkey camel"""
_VEHICLES = "vehicle car truck bus van motorcycle bicycle train boat airplane taxi tractor scooter lorry pickup jeep"
_FURNITURE = "furniture chair table sofa bed desk bench stool cabinet shelf dresser armchair wardrobe bookcase"
_FRUIT = "fruit apple orange banana pear lemon peach strawberry grape pineapple melon watermelon"
_FOOD = "food pizza sandwich cake donut burger bread pasta salad carrot broccoli"
_FLOWERS = "flower rose tulip daisy sunflower lily blossom dahlia"
_PLANTS = "plant tree bush shrub flower cactus fern"
_DISHES = "dish plate bowl cup glass mug saucer"

_KINDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("person", "people", "human", "someone", "somebody", "individual", "crowd"), PERSON_WORDS),
    "animal": frozenset(_ANIMALS.split()),
    "creature": frozenset(_ANIMALS.split()),
    "vehicle": frozenset(_VEHICLES.split()),
    "furniture": frozenset(_FURNITURE.split()),
    "fruit": frozenset(_FRUIT.split()),
    "food": frozenset(_FOOD.split() + _FRUIT.split()),
    "flower": frozenset(_FLOWERS.split()),
    "plant": frozenset(_PLANTS.split() + _FLOWERS.split()),
    "dish": frozenset(_DISHES.split()),
}

_SYNONYMS = (
    "sofa couch settee loveseat",
    "tv television telly monitor screen",
    "bike bicycle cycle",
    "motorbike motorcycle",
    "plane airplane aeroplane aircraft jet",
    "phone telephone cellphone smartphone mobile",
    "cup mug",
    "car automobile",
    "truck lorry",
    "purse handbag",
    "backpack rucksack",
    "refrigerator fridge",
    "donut doughnut",
    "kitten cat kitty",
    "puppy dog doggy hound pup",
    "bunny rabbit",
    "teddy bear",
    "rug carpet",
    "painting picture",
    "lamp light lantern",
    "stove oven cooker",
    "tap faucet",
    "boat ship",
    "pony horse",
    "lamb sheep",
    "calf cow bull",
    "bag handbag suitcase backpack",
)
_GENERAL_LABEL = 0.8
_ALIKE: dict[str, frozenset[str]] = {}
for _line in _SYNONYMS:
    for _word in _line.split():
        _ALIKE[_word] = _ALIKE.get(_word, frozenset()) | frozenset(_line.split())


@lru_cache(maxsize=4096)
def kinship(head: str, label: str) -> float:
    """How likely a thing labelled ``label`` is what the head noun means, [0, 1].

    1 for the same word, 0.95 for a synonym, 0.9 where the head is the general word ("animal"
    for a dog), 0.8 where the label is ("person" for "the boy"), else 0.
    """
    asked = singular(head.split()[-1]) if head.split() else ""
    words = [singular(word) for word in label.replace("-", " ").split()]
    if not asked or not words:
        return 0.0
    seen = words[-1]
    if asked == seen or head.lower() == label.lower():
        return 1.0
    if seen in _ALIKE.get(asked, frozenset()):
        return 0.95
    if seen in _KINDS.get(asked, frozenset()):
        return 0.9
    if asked in _KINDS.get(seen, frozenset()):
        return _GENERAL_LABEL
    return 0.0


def is_vague(label: str, head: str) -> bool:
    """Whether the label is only the general word for what the head noun means: "animal" for a
    cat, but not "person" for a woman, which is all that a detector of kinds can say."""
    return kinship(head, label) == _GENERAL_LABEL and singular(label.lower()) not in PERSON_WORDS
