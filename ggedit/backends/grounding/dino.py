"""Grounding DINO as either library runs it: pixels and texts in, beliefs per token out.

S. Liu et al., "Grounding DINO: Marrying DINO with Grounded Pre-Training for Open-Set Object
Detection", 2023.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from ggedit.core.picture import Picture

from ..placement import Placement
from .captions import Caption, Phrase, pack, write_caption
from .network import Effort, LoadedNetwork, OncePerPicture, beliefs, computing, corners, widened
from .sight import Sight, Thresholds, read_tokens

SIDE, LONGEST = 800, 1333
"""The picture's shorter side in the network, and the most its longer one may have (the paper's
appendix; as in DETR)."""


class DinoNetwork(LoadedNetwork):
    """Everything but the library's own calls.

    limit: most tokens in a text. seen: the part that sees only the picture, already in its place.
    """

    thresholds = Thresholds(box=0.25, text=0.25)

    def __init__(self, placement: Placement, tokenizer: Any, *, limit: int, seen: OncePerPicture) -> None:
        self.placement = placement
        self.tokenizer = tokenizer
        self.limit = limit
        self._seen = seen

    @abstractmethod
    def pixels(self, pixels: npt.NDArray[np.uint8], side: int) -> Tensor:
        """(1, 3, h, w) on the device, as the network was trained to see it."""

    @abstractmethod
    def forward(self, pixels: Tensor, texts: list[str]) -> tuple[Tensor, Tensor]:
        """Logits (B, N, T) per text, box and token; boxes (B, N, 4), centre and size as shares."""

    def pack(self, phrases: Sequence[Phrase]) -> list[tuple[Phrase, ...]]:
        return pack(phrases, lambda words: len(self.tokenizer.tokenize(words)), self.limit)

    def ask(self, picture: Picture, groups: Sequence[Sequence[Phrase]], effort: Effort) -> list[Sight]:
        captions = [write_caption(group) for group in groups]
        framed = widened(np.asarray(picture.pixels))
        pixels = self.pixels(framed, effort.side)
        self._seen.look_at((picture.digest, effort.side))
        sights: list[Sight] = []
        for first in range(0, len(captions), effort.texts):
            sights += self._answers(pixels, captions[first : first + effort.texts], framed.shape)
        return sights

    def _answers(self, pixels: Tensor, captions: Sequence[Caption], frame: tuple[int, ...]) -> list[Sight]:
        with computing(self.placement):
            logits, boxes = self.forward(pixels, [caption.text for caption in captions])
        return [
            read_tokens(
                corners(boxes[i], frame[1], frame[0]),
                beliefs(logits[i][:, : self.limit]),
                caption=caption,
                offsets=self.tokenizer(caption.text, return_offsets_mapping=True)["offset_mapping"],
            )
            for i, caption in enumerate(captions)
        ]


def size_for(side: int, least: int) -> tuple[int, int]:
    """Shorter and longest side for the network: its own, or the one wished for and as much of
    the longest; never less than ``least``."""
    short = max(side, least) if side else SIDE
    return short, round(short * LONGEST / SIDE)
