"""What was said to a language model, as plain data that a person may read."""

from __future__ import annotations

from dataclasses import dataclass

from .freeze import Frozen


@dataclass(frozen=True, slots=True)
class Exchange(Frozen):
    """One question to a language model and its answer.

    ``sent`` is the whole conversation in words, each picture as its size; no key and no address
    is in it. Token counts are the server's own, 0 where it gives none.
    """

    model: str
    sent: str
    reply: str
    prompt_tokens: int = 0
    reply_tokens: int = 0
