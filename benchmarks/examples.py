"""The worked examples: which photo, which instructions in a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A photo by its name in ``tests.pictures`` and what is asked of it, turn by turn."""

    name: str
    picture: str
    turns: tuple[str, ...]


EXAMPLES = (
    Example("dog-removed", "dog", ("remove the dog",)),
    Example("spoon-removed", "coffee", ("remove the spoon",)),
    Example("cup-blue", "coffee", ("make the cup blue",)),
    Example("cup-moved", "coffee", ("move the cup to the right",)),
    Example("woman-removed", "unwant_person", ("remove the woman on the left",)),
    Example("flower-purple", "flower", ("make the orange flower purple", "blur the background")),
    Example("flower-added", "flower", ("add another flower to the left of the flower",)),
    Example("helmet-removed", "astronaut", ("remove the black helmet",)),
    Example("motorcycle-blue", "motorcycle", ("make the motorcycle blue",)),
    Example("cat-removed", "cats", ("remove the cat on the left",)),
    Example("cats-grey", "cats", ("make the two cats grey",)),
)
