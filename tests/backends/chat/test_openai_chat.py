"""The chat backend over real HTTP, against a server that behaves well, badly and not at all."""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ggedit.backends.openai_chat import PICTURE_PX, OpenAIChat, in_words
from ggedit.config import Settings, load_settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.picture import Picture
from ggedit.core.talk import ChatMessage, ChatRole, ReplyFormat
from ggedit.ports import StageRun
from tests.backends.chat.loopback import Behaviour, Loopback, Wire, loopback, saying

KEY = "sk-test-0123456789"
FORM = ReplyFormat("answer", '{"type": "object"}')
ASK = (ChatMessage(ChatRole.SYSTEM, "be short"), ChatMessage(ChatRole.USER, "hello"))


def settings_for(server: Loopback) -> Settings:
    return replace(
        load_settings({}), openai_base_url=server.url, openai_api_key=KEY, chat_model="tiny", chat_timeout_s=5
    )


def chat_for(server: Loopback) -> OpenAIChat:
    return OpenAIChat(settings_for(server), pause_s=0.01)


def failing(code: int, message: str = "no", **headers: str) -> Behaviour:
    return lambda wire: wire.status(code, message, **headers)


def refusing(wire: Wire) -> None:
    wire.open_stream()
    wire.chunk(refusal="I can't help with that.")
    wire.chunk(end="stop")
    wire.event("[DONE]")


def filtered(wire: Wire) -> None:
    wire.open_stream()
    wire.chunk("half")
    wire.chunk(end="content_filter")


def too_long(wire: Wire) -> None:
    wire.open_stream()
    wire.chunk('{"a": ')
    wire.chunk(end="length")


def breaking_off(wire: Wire) -> None:
    wire.open_stream()
    wire.chunk("half a repl")


def error_in_stream(wire: Wire) -> None:
    wire.open_stream()
    wire.chunk("half")
    wire.event({"error": {"message": "the GPU fell over", "type": "server_error"}})


def garbage_in_stream(wire: Wire) -> None:
    wire.open_stream()
    wire.event("{not json")


def a_web_page(wire: Wire) -> None:
    wire.raw(200, b"<html>welcome</html>", "text/html")


def odd_shapes(wire: Wire) -> None:
    wire.open_stream()
    wire.event({"choices": [{"delta": None}]})


def never_ending(wire: Wire) -> None:
    wire.open_stream()
    while not wire.server.let_go.wait(0.01):
        wire.chunk("x")


def silent(wire: Wire) -> None:
    wire.server.let_go.wait(30)
    wire.status(500)


def test_a_good_reply_is_put_together_with_its_cost():
    with loopback(saying('{"a": [1, 2]}')) as server:
        reply = chat_for(server).reply(ASK, FORM)
    assert (reply.text, reply.model, reply.prompt_tokens, reply.reply_tokens) == ('{"a": [1, 2]}', "tiny-1", 17, 5)
    (asked,) = server.asked
    assert (asked.path, asked.key) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert asked.body["model"] == "tiny"
    assert asked.body["messages"] == [{"role": "system", "content": "be short"}, {"role": "user", "content": "hello"}]
    form = {"name": "answer", "strict": True, "schema": {"type": "object"}}
    assert asked.body["response_format"] == {"type": "json_schema", "json_schema": form}


PASSING: list[tuple[str, Behaviour]] = [
    ("too many requests", failing(429, Retry_After="0")),
    ("overloaded", failing(503)),
    ("inner error", failing(500)),
    ("connection closed", lambda wire: None),
    ("stream ends early", breaking_off),
    ("error inside the stream", error_in_stream),
    ("garbage inside the stream", garbage_in_stream),
    ("a web page", a_web_page),
    ("chunks of an odd shape", odd_shapes),
]


@pytest.mark.parametrize("failure", [b for _, b in PASSING], ids=[name for name, _ in PASSING])
def test_a_failure_that_passes_is_tried_again(failure: Behaviour):
    with loopback(failure, failure, saying("yes")) as server:
        assert chat_for(server).reply(ASK).text == "yes"
    assert len(server.asked) == 3


ENDS: list[tuple[str, Behaviour, str, int]] = [
    ("too many requests", failing(429), "too busy", 3),
    ("a date to come back at", failing(429, Retry_After="0"), "try again later", 3),
    ("inner error", failing(500, "out of memory"), "failed (status 500): out of memory.", 3),
    ("stream ends early", breaking_off, "broke off before the end", 3),
    ("error inside the stream", error_in_stream, "the GPU fell over", 3),
    ("garbage inside the stream", garbage_in_stream, "correct OPENAI_BASE_URL", 3),
    ("a web page", a_web_page, "broke off", 3),
    ("wrong key", failing(401, f"bad key {KEY}"), "correct OPENAI_API_KEY", 1),
    ("no such model", failing(404), "correct GGEDIT_CHAT_MODEL", 1),
    ("refused", refusing, "refused the request: I can't help with that.", 1),
    ("filtered", filtered, "refused the request.", 1),
    ("cut off", too_long, "raise GGEDIT_CHAT_TOKENS", 1),
]


@pytest.mark.parametrize("failure, says, asked", [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_failure_ends_in_one_sentence_that_names_the_fix(failure: Behaviour, says: str, asked: int):
    with loopback(failure) as server, pytest.raises(BackendUnavailable) as caught:
        chat_for(server).reply(ASK)
    sentence = str(caught.value)
    assert says in sentence and sentence.endswith(".") and "\n" not in sentence
    assert len(server.asked) == asked
    assert KEY not in sentence


def test_nobody_listens():
    with loopback(saying("")) as server:
        pass
    with pytest.raises(BackendUnavailable, match=r"No language model can be reached at http://127\.0\.0\.1"):
        chat_for(server).reply(ASK)


@pytest.mark.parametrize("behaviour", [silent, never_ending], ids=["silent", "never ending"])
def test_time_is_up(behaviour: Behaviour):
    with loopback(behaviour) as server:
        chat = OpenAIChat(replace(settings_for(server), chat_timeout_s=1), pause_s=0.01)
        with pytest.raises(BackendUnavailable, match="within 1 seconds"):
            chat.reply(ASK)


@pytest.mark.parametrize("behaviour", [silent, never_ending], ids=["silent", "never ending"])
def test_a_question_is_given_up_when_the_run_is_stopped(behaviour: Behaviour):
    arrived = threading.Event()
    stage_run, caught = StageRun(), []

    def seen(wire: Wire) -> None:
        arrived.set()
        behaviour(wire)

    with loopback(seen) as server:

        def ask() -> None:
            try:
                with stage_run.running():
                    OpenAIChat(replace(settings_for(server), chat_timeout_s=60)).reply(ASK)
            except BackendUnavailable as error:
                caught.append(str(error))

        thread = threading.Thread(target=ask)
        thread.start()
        assert arrived.wait(10)
        stage_run.stop()
        thread.join(10)
        assert caught == ["The question to the language model was given up."]
        if behaviour is never_ending:
            assert server.hung_up.wait(10), "the server goes on for nobody"


def test_extras_that_a_server_refuses_are_left_out_and_the_form_is_asked_for_in_words():
    def picky(wire: Wire) -> None:
        for name in ("stream_options", "temperature", "response_format"):
            if name in wire.body:
                wire.status(400, f"unknown parameter: {name}")
                return
        saying("{}")(wire)

    with loopback(picky) as server:
        chat = chat_for(server)
        assert chat.reply(ASK, FORM).text == "{}"
        assert len(server.asked) == 4
        assert chat.reply(ASK, FORM).text == "{}"
        assert len(server.asked) == 5, "what was learned is not asked again"
    last = server.asked[-1].body
    assert FORM.schema in last["messages"][0]["content"]
    assert last["max_tokens"] == 4096


def test_a_bad_request_without_extras_is_the_end():
    with loopback(failing(400, "the picture is not welcome")) as server, pytest.raises(BackendUnavailable) as caught:
        chat_for(server).reply(ASK)
    assert str(caught.value).endswith("did not take the request: the picture is not welcome.")
    assert len(server.asked) == 2


def test_a_picture_is_sent_small_once_and_in_its_shape():
    picture = Picture(np.full((1000, 2000, 3), 200, np.uint8))
    talk = (
        ChatMessage(ChatRole.USER, "look", (picture,)),
        ChatMessage(ChatRole.ASSISTANT, "yes"),
        ChatMessage(ChatRole.USER, "look again", (picture,)),
    )
    with loopback(saying("ok")) as server:
        chat_for(server).reply(talk)
    first, _, last = server.asked[0].body["messages"]
    url = first["content"][1]["image_url"]["url"]
    sent = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/jpeg;base64,"))))
    assert sent.size == (PICTURE_PX, PICTURE_PX // 2)
    assert last["content"] == "look again"


def test_what_was_said_is_noted_without_key_and_pixels():
    stage_run = StageRun()
    picture = Picture(np.zeros((30, 40, 3), np.uint8))
    with loopback(saying("{}")) as server, stage_run.running():
        chat_for(server).reply((*ASK, ChatMessage(ChatRole.USER, "look", (picture,))), FORM)
    (exchange,) = stage_run.talk
    assert exchange.sent == "[system]\nbe short\n\n[user]\nhello\n\n[user]\nlook\n(picture, 40 x 30)\n\n[form]\nanswer"
    assert (exchange.reply, exchange.model, exchange.prompt_tokens) == ("{}", "tiny-1", 17)
    assert in_words(ASK) == "[system]\nbe short\n\n[user]\nhello"


def test_the_key_is_never_logged_or_shown(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    with caplog.at_level(logging.DEBUG), loopback(failing(401, KEY), saying("{}")) as server:
        settings = settings_for(server)
        with pytest.raises(BackendUnavailable) as caught:
            OpenAIChat(settings).reply(ASK)
        OpenAIChat(settings).reply(ASK)
    shown = "\n".join([*(json.dumps(r.__dict__, default=repr) for r in caplog.records), caplog.text])
    assert len(server.asked) == 2
    assert KEY not in shown + "".join(capfd.readouterr()) + str(caught.value) + repr(settings)
