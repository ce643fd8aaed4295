"""Asking a model for JSON: a strict form, a reader that lists all problems, two repairs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ggedit.core.freeze import Frozen
from ggedit.core.talk import ChatMessage, ChatReply, ChatRole, ReplyFormat
from ggedit.ports import ChatModel

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

REPAIRS = 2
"""How often a model is told what was wrong with its answer."""
_MOST_PROBLEMS = 20
_LONGEST_ECHO = 8_000


class Unfit(Exception):
    """An answer that cannot be used. ``problems``: ALL of them, as sentences."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__(" ".join(self.problems))


class Form(BaseModel):
    """Base of the forms that replies are read with: keys that nobody asked for are left out."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Answered(Frozen, Generic[T]):
    """What was read from an answer, and who gave it."""

    value: T
    model: str


def ask(
    chat: ChatModel, messages: Sequence[ChatMessage], form: ReplyFormat, *, read: Callable[[str], T]
) -> Answered[T]:
    """Ask, read, and where that fails tell the model all problems, at most ``REPAIRS`` times.

    Pictures go with the first question only.

    Raises:
        Unfit: the last answer cannot be used either.
        BackendUnavailable: no answer.
    """
    talk = list(messages)
    for attempt in range(REPAIRS + 1):
        reply = chat.reply(talk, form)
        try:
            return Answered(read(reply.text), reply.model)
        except Unfit as unfit:
            if attempt == REPAIRS:
                raise
            talk = [*(replace(m, pictures=()) for m in messages), *_repair(reply, unfit)]
    raise AssertionError("the last attempt returns or raises")


def _repair(reply: ChatReply, unfit: Unfit) -> tuple[ChatMessage, ChatMessage]:
    listed = "\n".join(f"- {problem}" for problem in unfit.problems[:_MOST_PROBLEMS])
    return (
        ChatMessage(ChatRole.ASSISTANT, reply.text[:_LONGEST_ECHO] or "(nothing)"),
        ChatMessage(ChatRole.USER, f"That answer cannot be used:\n{listed}\nGive the whole answer again, mended."),
    )


def read_form(kind: type[M], text: str) -> M:
    """The form in a reply, also from inside a code fence or between other words.

    Raises:
        Unfit: no JSON object, or fields that are missing or of another kind.
    """
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise Unfit(["The answer holds no JSON object."])
    try:
        return kind.model_validate_json(text[start : end + 1])
    except ValidationError as error:
        raise Unfit(
            _sentence(e["loc"], e["msg"]) for e in error.errors(include_url=False, include_input=False)
        ) from None


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part)[:40] for part in place)
    return f"{name or 'The answer'}: {message}."


def reply_format(name: str, kind: type[BaseModel]) -> ReplyFormat:
    """The form as a JSON Schema in the strict dialect: every key required, no other allowed."""
    return ReplyFormat(name, json.dumps(_strict(kind.model_json_schema())))


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _strict(value) for key, value in schema.items() if key not in ("title", "default", "description")}
    if plain.get("type") == "object" and isinstance(plain.get("properties"), dict):
        plain |= {"required": list(plain["properties"]), "additionalProperties": False}
    return plain


def prompt_text(name: str) -> str:
    """A prompt file's text, by its name with the version: "scene.v1"."""
    return (files("ggedit.backends.llm") / "prompts" / f"{name}.txt").read_text(encoding="utf-8").strip()


def as_data(value: object) -> str:
    """JSON for a message: what people and pictures say stays inside quotes."""
    return json.dumps(value, ensure_ascii=False)


def clean(text: str, longest: int) -> str:
    """A word or sentence from outside: one line, printable, bounded."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:longest].strip()
