"""What is said to a language model and what it answers, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .freeze import Frozen
from .picture import Picture


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


class ChatRole(Enum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, eq=False, slots=True)
class ChatMessage(Frozen):
    """One turn of a conversation; pictures are sent small, by the backend."""

    role: ChatRole
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyFormat(Frozen):
    """The JSON the reply must be: a name and a JSON Schema (as JSON text) in strict form."""

    name: str
    schema: str


@dataclass(frozen=True, slots=True)
class ChatReply(Frozen):
    """What the model said, which model it was, and what it cost in tokens."""

    text: str
    model: str
    prompt_tokens: int = 0
    reply_tokens: int = 0
