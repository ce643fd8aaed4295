"""The stages of a ``Turn``, left to right."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """One stage; its cell in a ``Turn`` holds what it found."""

    PARSE = "parse"
    DETECT = "detect"
    SELECT = "select"
    SEGMENT = "segment"
    RELATE = "relate"
    PLAN = "plan"
    EDIT = "edit"

    @property
    def rank(self) -> int:
        return STAGES.index(self)


STAGES: tuple[Stage, ...] = tuple(Stage)
