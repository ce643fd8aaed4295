"""A chat model behind any server that speaks OpenAI's protocol, through the openai package.

The server is OpenAI itself or whatever ``OPENAI_BASE_URL`` names (vLLM, llama.cpp, Ollama,
``transformers serve``). The key comes from the settings alone and goes into the request's
header alone. Each reply runs in an event loop of its own thread, so that it works below any
other loop and can be given up at once.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, cast

import openai
from PIL import Image

from ggedit.config import Settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.freeze import Frozen
from ggedit.core.picture import Picture
from ggedit.core.talk import ChatMessage, ChatReply, ChatRole, Exchange, ReplyFormat
from ggedit.ports import StageRun, current_run

OPENAI_URL = "https://api.openai.com/v1"
PICTURE_PX = 768
"""Longest side of a picture that is sent: what OpenAI's own vision models scale the short side
of a detailed picture to, and enough to name things and where they stand."""
LONGEST_REPLY = 200_000
"""Characters after which a reply is given up."""
TRIES = 3
_LONGEST_PAUSE_S = 20.0
_TICK_S = 0.05

_Courtesies = dict[str, Any]


class _Again(Exception):
    """A failure that may pass; ``after_s`` is what the server asked to wait for."""

    def __init__(self, sentence: str, after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class _Answer(Frozen):
    text: str
    model: str
    prompt_tokens: int = 0
    reply_tokens: int = 0


class OpenAIChat:
    """Port ``ChatModel``. Keeps no conversation; remembers which extras the server refused."""

    def __init__(self, settings: Settings, *, pause_s: float = 0.5) -> None:
        self._settings = settings
        self._pause_s = pause_s
        self._refused: frozenset[str] = frozenset()

    def reply(self, messages: Sequence[ChatMessage], form: ReplyFormat | None = None) -> ChatReply:
        """Answer the conversation: port ``ChatModel``.

        Raises:
            BackendUnavailable: no answer; one sentence that names the fix and no secret.
        """
        run = current_run()
        answer = _in_own_loop(lambda: self._within_time(messages, form), run)
        sent = in_words(messages, form)
        run.talk.append(Exchange(answer.model, sent, answer.text, answer.prompt_tokens, answer.reply_tokens))
        return ChatReply(answer.text, answer.model, answer.prompt_tokens, answer.reply_tokens)

    async def _within_time(self, messages: Sequence[ChatMessage], form: ReplyFormat | None) -> _Answer:
        limit = self._settings.chat_timeout_s
        try:
            async with asyncio.timeout(limit):
                return await self._tried(messages, form)
        except TimeoutError:
            raise BackendUnavailable(
                f"The language model did not answer within {limit} seconds: try again, or raise GGEDIT_CHAT_TIMEOUT_S."
            ) from None

    async def _tried(self, messages: Sequence[ChatMessage], form: ReplyFormat | None) -> _Answer:
        """Up to ``TRIES`` times, with longer and longer pauses, as long as failures may pass."""
        settings = self._settings
        url = settings.openai_base_url or OPENAI_URL
        async with openai.AsyncOpenAI(api_key=settings.openai_api_key, base_url=url, max_retries=0) as client:
            for attempt in range(TRIES):
                try:
                    return await self._accepted(client, messages, form)
                except _Again as failure:
                    if attempt == TRIES - 1:
                        raise BackendUnavailable(self._clean(failure.sentence)) from None
                    pause = self._pause_s * 2**attempt if failure.after_s is None else failure.after_s
                    await asyncio.sleep(min(pause, _LONGEST_PAUSE_S))
        raise AssertionError("every try ends in an answer or an error")

    async def _accepted(
        self, client: openai.AsyncOpenAI, messages: Sequence[ChatMessage], form: ReplyFormat | None
    ) -> _Answer:
        """Asked with all extras the server takes: what it refuses is left out from then on."""
        while True:
            extras = {k: v for k, v in self._extras(form).items() if k not in self._refused}
            try:
                return await self._asked(client, messages, form, extras)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                blamed = frozenset(k for k in extras if k in str(error)) or frozenset(extras)
                if not blamed:
                    raise self._refusal(error) from None
                self._refused |= blamed

    def _extras(self, form: ReplyFormat | None) -> _Courtesies:
        """What not every server understands. OpenAI's own name for the length limit is newer."""
        limit = "max_tokens" if self._settings.openai_base_url else "max_completion_tokens"
        extras: _Courtesies = {
            limit: self._settings.chat_tokens,
            "temperature": 0,
            "stream_options": {"include_usage": True},
        }
        return extras if form is None else extras | {"response_format": response_format(form)}

    async def _asked(
        self,
        client: openai.AsyncOpenAI,
        messages: Sequence[ChatMessage],
        form: ReplyFormat | None,
        extras: _Courtesies,
    ) -> _Answer:
        plain = form is not None and "response_format" not in extras
        wire = to_wire(messages, form if plain else None)
        try:
            stream = await client.chat.completions.create(
                model=self._settings.chat_model, messages=cast(Any, wire), stream=True, **extras
            )
            return await _gather(cast(_Stream, stream), self._settings)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            raise
        except openai.APIStatusError as error:
            raise self._told(error) from None
        except openai.APIConnectionError:
            raise _Again(
                f"No language model can be reached at {self._address}: start the server, or correct OPENAI_BASE_URL."
            ) from None
        except openai.APIError as error:
            raise _Again(f"The language model's server broke off: {_short(str(error))}.") from None
        except (ValueError, LookupError, TypeError, AttributeError):
            raise _Again(
                f"The server at {self._address} does not answer in OpenAI's protocol: correct OPENAI_BASE_URL."
            ) from None

    def _told(self, error: openai.APIStatusError) -> Exception:
        """A status as a failure that may pass, or as the end."""
        status = error.status_code
        if status in (401, 403):
            return BackendUnavailable(
                f"The language model's server refused the key (status {status}): correct OPENAI_API_KEY."
            )
        if status == 404:
            return BackendUnavailable(
                f"The server at {self._address} has no model {self._settings.chat_model!r}: correct GGEDIT_CHAT_MODEL."
            )
        sentence = f"The language model's server failed (status {status}): {_short(error.message)}."
        if status in (408, 409, 429) or status >= 500:
            busy = "The language model's server is too busy, or its quota is used up: try again later."
            return _Again(busy if status == 429 else sentence, _wait_of(error))
        return self._refusal(error)

    def _refusal(self, error: openai.APIStatusError) -> BackendUnavailable:
        return BackendUnavailable(
            self._clean(f"The language model's server did not take the request: {_short(error.message)}.")
        )

    def _clean(self, sentence: str) -> str:
        key = self._settings.openai_api_key
        return sentence.replace(key, "***") if len(key) > 3 else sentence

    @property
    def _address(self) -> str:
        """Scheme, host and port: a path or a user name in the address may be private."""
        url = self._settings.openai_base_url or OPENAI_URL
        scheme, _, rest = url.partition("://")
        return f"{scheme}://{rest.split('/')[0].rpartition('@')[2]}"


# the reply ---------------------------------------------------------------------------------


class _Stream(Protocol):
    def __aiter__(self) -> Any: ...

    async def close(self) -> None: ...


async def _gather(stream: _Stream, settings: Settings) -> _Answer:
    """The pieces of a reply put together.

    Raises:
        BackendUnavailable: the model refused, or the reply was cut off at its longest.
        _Again: the stream ended early or was empty.
    """
    pieces: list[str] = []
    refusal, end, model, tokens = "", None, settings.chat_model, (0, 0)
    try:
        async for chunk in stream:
            model = chunk.model or model
            if chunk.usage is not None:
                tokens = (int(chunk.usage.prompt_tokens or 0), int(chunk.usage.completion_tokens or 0))
            for choice in (chunk.choices or [])[:1]:
                pieces.append(choice.delta.content or "")
                refusal += choice.delta.refusal or ""
                end = choice.finish_reason or end
            if sum(map(len, pieces)) > LONGEST_REPLY:
                end = "length"
                break
    finally:
        await stream.close()
    if refusal or end == "content_filter":
        raise BackendUnavailable(f"The language model refused the request{f': {_short(refusal)}' if refusal else ''}.")
    if end == "length":
        raise BackendUnavailable("The language model's reply was cut off: raise GGEDIT_CHAT_TOKENS, or ask for less.")
    if end is None:
        raise _Again("The language model's server broke off before the end of its reply.")
    return _Answer("".join(pieces), model, *tokens)


def _wait_of(error: openai.APIStatusError) -> float | None:
    """Seconds the server asks to wait for (Retry-After, RFC 9110 section 10.2.3), if it says so."""
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None


def _short(text: str) -> str:
    """The server's own words on one line, without the package's "Error code: 500 - "."""
    return re.sub(r"^Error code: \d+ - ", "", " ".join(text.split()))[:200].rstrip(".")


def _in_own_loop(work: Callable[[], Awaitable[_Answer]], run: StageRun) -> _Answer:
    """Run in a thread with a loop of its own; given up when the run is stopped.

    Raises:
        BackendUnavailable: from the work, or because it was stopped.
    """
    result: Future[_Answer] = Future()

    async def watched() -> _Answer:
        task = asyncio.ensure_future(work())
        while not task.done():
            if run.stopped:
                task.cancel()
            await asyncio.wait([task], timeout=_TICK_S)
        return task.result()

    def work_beside() -> None:
        try:
            result.set_result(asyncio.run(watched()))
        except asyncio.CancelledError:
            result.set_exception(BackendUnavailable("The question to the language model was given up."))
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=work_beside, daemon=True, name="chat").start()
    return result.result()


# the request -------------------------------------------------------------------------------


def response_format(form: ReplyFormat) -> dict[str, object]:
    """The form as OpenAI's strict structured output."""
    schema = {"name": form.name, "strict": True, "schema": json.loads(form.schema)}
    return {"type": "json_schema", "json_schema": schema}


def to_wire(messages: Sequence[ChatMessage], plain_form: ReplyFormat | None = None) -> list[dict[str, object]]:
    """The conversation as the protocol has it; each picture is sent once, however often it is shown.

    ``plain_form``: for a server without structured output the form is asked for in words.
    """
    sent: set[str] = set()
    wire = [_message(message, sent) for message in messages]
    if plain_form is not None:
        wire.insert(0, {"role": ChatRole.SYSTEM.value, "content": _form_in_words(plain_form)})
    return wire


def _message(message: ChatMessage, sent: set[str]) -> dict[str, object]:
    fresh = [p for p in message.pictures if p.digest not in sent]
    sent.update(p.digest for p in fresh)
    if not fresh:
        return {"role": message.role.value, "content": message.text}
    parts: list[dict[str, object]] = [{"type": "text", "text": message.text}]
    parts += [{"type": "image_url", "image_url": {"url": small_jpeg_url(p)}} for p in fresh]
    return {"role": message.role.value, "content": parts}


def _form_in_words(form: ReplyFormat) -> str:
    return f"Answer with one JSON object and nothing else. It must match this JSON Schema:\n{form.schema}"


def small_jpeg_url(picture: Picture) -> str:
    """The picture as a data address: at most ``PICTURE_PX`` on its longer side, shape kept."""
    image = Image.fromarray(picture.pixels)
    image.thumbnail((PICTURE_PX, PICTURE_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def in_words(messages: Iterable[ChatMessage], form: ReplyFormat | None = None) -> str:
    """The conversation as a person may read it; a picture is its size."""
    parts = [
        f"[{m.role.value}]\n{m.text}"
        + "".join(f"\n(picture, {p.extent.width} x {p.extent.height})" for p in m.pictures)
        for m in messages
    ]
    return "\n\n".join([*parts, f"[form]\n{form.name}"] if form is not None else parts)
