"""What letters are made of: bounded numbers, words and pictures, and the base of all edits."""

from __future__ import annotations

from typing import Annotated

from gradio.data_classes import GradioModel
from pydantic import ConfigDict, Field

MAX_EDITS = 200
MAX_PNG_CHARS = 8_000_000
"""A data URL of a 4000 x 3000 mask has about 430,000 characters."""

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Index = Annotated[int, Field(ge=0, le=10_000)]
Id = Annotated[str, Field(min_length=1, max_length=120)]
Name = Annotated[str, Field(max_length=120)]
Text = Annotated[str, Field(max_length=2_000)]
Png = Annotated[str, Field(max_length=MAX_PNG_CHARS, pattern=r"^data:image/png;base64,[A-Za-z0-9+/=]+$")]
FourNumbers = Annotated[list[Number], Field(min_length=4, max_length=4)]
Ids = Annotated[list[Id], Field(max_length=200)]


class Edit(GradioModel):
    """Base of all edits."""

    model_config = ConfigDict(extra="forbid")
    n: Annotated[int, Field(ge=1, le=2**53)]
