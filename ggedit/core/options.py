"""How a generating editor should work on a request, as far as the person says."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from .errors import BadInput
from .freeze import Frozen

MOST_STEPS = 200
MOST_VARIANTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class EditOptions(Frozen):
    """None = as the set-up says. What is set is kept with the request, so a replay does the same.

    editor: name of the editor that runs every step it can ("" = as the routing table says).
    steps: denoising steps. More: finer and slower, in proportion.
    guidance: weight of the words, 1 to 30. More: closer to the words, harsher colours.
    image_guidance: weight of the old picture, 1 to 5, for editors that have one. More: less changes.
    guidance_from, guidance_to: part of the run, [0, 1], in which the weights count; outside it a
        step costs a third. A later start gives more freedom, an earlier end softer detail.
    strength: [0, 1], 1 = start from noise; less keeps shapes and colours, and saves steps.
    blend_start: part of the run, [0, 1], after which the surroundings are held. Later: the new
        thing fits less exactly, and may be better drawn.
    feather_px: width of the blended rim. Wider: a softer seam, more pixels touched.
    scheduler: the sampler's name ("" = the model's own).
    variants: how many are drawn in one batch and ranked. More: better choice, more memory.
    safety: whether the model's safety checker looks at the result.

    Raises:
        BadInput: a value out of range.
    """

    editor: str | None = None
    steps: int | None = None
    guidance: float | None = None
    image_guidance: float | None = None
    guidance_from: float | None = None
    guidance_to: float | None = None
    strength: float | None = None
    blend_start: float | None = None
    feather_px: int | None = None
    scheduler: str | None = None
    variants: int | None = None
    safety: bool | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise BadInput(f"{name.replace('_', ' ')} is {value:g}; it must lie between {low:g} and {high:g}.")
        if (self.guidance_from or 0.0) > (1.0 if self.guidance_to is None else self.guidance_to):
            raise BadInput("guidance from must not be later than guidance to.")

    @property
    def said(self) -> dict[str, Any]:
        """What is set, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}


RANGES: dict[str, tuple[float, float]] = {
    "steps": (1, MOST_STEPS),
    "guidance": (1, 30),
    "image_guidance": (1, 5),
    "guidance_from": (0, 1),
    "guidance_to": (0, 1),
    "strength": (0, 1),
    "blend_start": (0, 1),
    "feather_px": (0, 256),
    "variants": (1, MOST_VARIANTS),
}
"""Lowest and highest value of each number. Below 1, the pipelines switch guidance off altogether."""
