"""English number and verb forms by rule, with the irregular everyday words in tables."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written with spaces."""
    return frozenset(text.split())


PLURALIA = word_set(
    "scissors glasses sunglasses pants trousers jeans shorts tweezers pliers binoculars headphones goggles pajamas "
    "pyjamas tights leggings clothes spectacles tongs shears clippers overalls stairs headphone earphones eyeglasses"
)
"""Nouns for one thing that only have a plural form."""

_IRREGULAR: dict[str, str] = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "geese": "goose",
    "feet": "foot", "teeth": "tooth", "oxen": "ox", "leaves": "leaf", "knives": "knife", "wives": "wife",
    "wolves": "wolf", "shelves": "shelf", "loaves": "loaf", "halves": "half", "calves": "calf", "elves": "elf",
    "scarves": "scarf", "hooves": "hoof", "thieves": "thief", "dwarves": "dwarf", "lives": "life", "dice": "die",
    "cacti": "cactus", "fungi": "fungus", "buses": "bus", "gases": "gas", "lenses": "lens", "canvases": "canvas",
    "glasses": "glass", "potatoes": "potato", "tomatoes": "tomato", "heroes": "hero", "mangoes": "mango",
    "volcanoes": "volcano", "buffaloes": "buffalo", "echoes": "echo", "shoes": "shoe", "toes": "toe",
    "canoes": "canoe", "cookies": "cookie", "movies": "movie", "zombies": "zombie", "pies": "pie", "ties": "tie",
    "hoodies": "hoodie", "brownies": "brownie", "selfies": "selfie", "genies": "genie", "axes": "axe",
    "aeroplanes": "aeroplane", "horses": "horse", "houses": "house", "roses": "rose", "vases": "vase",
    "noses": "nose", "bicycles": "bicycle", "cattle": "cattle", "folks": "folk", "kids": "kid",
}  # fmt: skip
_SINGULAR_IN_S = word_set(
    "bus glass grass dress cross moss boss mattress cactus octopus walrus hippopotamus gas lens canvas iris iris "
    "chess platypus campus circus dinosaurus christmas venus fungus virus compass waitress actress princess "
    "goddess mess pass class bass brass fortress necklace atlas asparagus citrus hibiscus lotus tennis news "
    "physics this his its kansas texas paris las yes us plus minus less thus focus status harness wilderness "
    "business abs genius empress darkness brightness sickness happiness swiss congress seamstress leucadias "
    "surroundings process is was has as does goes lettuce address headdress wetness witness overpass underpass "
    "chaos tennis cosmos dais bias oasis axis oasis basis crisis clematis penis pelvis tardis"
)
_PLURAL_ONLY = word_set("people men women children mice geese feet teeth oxen cattle police folks")
_SAME = word_set("sheep deer fish moose aircraft spacecraft series species salmon trout bison swine shrimp squid")


def is_plural(word: str) -> bool:
    """Whether the noun stands for several; words for paired things ("scissors") and words with
    one form ("sheep") count as one."""
    low = word.lower()
    if low in _PLURAL_ONLY:
        return True
    if low in PLURALIA or low in _SAME or low in _SINGULAR_IN_S or low.endswith("ss"):
        return False
    return low in _IRREGULAR or (low.endswith("s") and len(low) > 3 and not low.endswith(("us", "is", "'s")))


def singular(word: str) -> str:
    """The noun's singular, in lower case: "cats" -> "cat", "women" -> "woman"."""
    low = word.lower()
    if low in PLURALIA or low in _SAME or low in _SINGULAR_IN_S:
        return low
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    for ending in ("men", "people", "mice", "wolves", "shelves", "knives"):
        if (
            low.endswith(ending)
            and len(low) > len(ending) + 1
            and ending in _IRREGULAR
            and low not in ("omen", "specimen")
        ):
            return low[: -len(ending)] + _IRREGULAR[ending]
    if low.endswith(("ss", "us", "is", "'s")) or not low.endswith("s") or len(low) <= 3:
        return low
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return low[:-2]
    return low[:-1]


def plural(word: str) -> str:
    """The noun's plural: "cat" -> "cats", "man" -> "men"."""
    for many, one in _IRREGULAR.items():
        if one == word and many != word:
            return many
    if word in PLURALIA or word in _SAME:
        return word
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def indefinite(phrase: str) -> str:
    """ "a" or "an" as it sounds before the phrase."""
    low = phrase.lower()
    if low.startswith(("uni", "use", "euro", "one", "ukulele", "ufo")):
        return "a"
    return "an" if low[:1] in "aeiou" or low.startswith(("hour", "honest", "heir")) else "a"
