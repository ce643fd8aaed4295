"""The chat backend, describer and planner against a server that other people wrote.

``transformers serve`` answers OpenAI's protocol with a tiny model of random weights made here:
its words are nonsense, and it takes no JSON schema. `make test-server` runs this.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ggedit.backends.llm.controller import LLMPlanner
from ggedit.backends.llm.describer import LLMDescriber
from ggedit.backends.openai_chat import OpenAIChat
from ggedit.backends.scripted import ScriptedDetector
from ggedit.config import Settings, load_settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.plan import check
from ggedit.core.talk import ChatMessage, ChatRole, ReplyFormat
from ggedit.ports import StageRun
from tests.backends.llm.cases import EXTENT, SCENE, request, table_of
from tests.builders import make_picture

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(os.environ.get("TEST_SERVER") != "1", reason="run by make test-server"),
]
_START_S = 180
_TEMPLATE = "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}<assistant>"


def make_tiny_model(folder: Path) -> None:
    """A Llama of a few thousand random weights with a byte-level tokenizer."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate([*letters, "<end>"])}, merges=[]))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<end>", pad_token="<end>")
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=16384, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        model.lm_head.weight[tokenizer.eos_token_id] *= 4  # so that some replies end by themselves
    model.save_pretrained(folder)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("tiny-model")
    make_tiny_model(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("transformers"), "serve", str(folder), "--port", str(port)]
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [*command, "--device", "cpu"], stdout=log, stderr=log, env=os.environ | {"HF_HUB_OFFLINE": "1"}
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", server, folder / "server.log")
        yield replace(
            load_settings({}),
            openai_base_url=f"http://127.0.0.1:{port}/v1",
            openai_api_key="any word",
            chat_model=str(folder),
            chat_tokens=64,
        )
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()[-3000:]
        try:
            if urllib.request.urlopen(url, timeout=1).status == 200:
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


def test_every_answer_is_a_reply_or_a_clear_sentence(served: Settings):
    chat = OpenAIChat(served, pause_s=0.01)
    forms = (None, ReplyFormat("answer", '{"type": "object"}'))
    heard = []
    for number in range(6):
        try:
            reply = chat.reply([ChatMessage(ChatRole.USER, f"Say something, number {number}.")], forms[number % 2])
            heard.append(reply.text)
        except BackendUnavailable as error:
            assert str(error).endswith(".")
            heard.append("GGEDIT_CHAT_TOKENS" if "GGEDIT_CHAT_TOKENS" in str(error) else str(error))
    assert any(text and "GGEDIT_CHAT_TOKENS" not in text for text in heard), "no whole reply was read"
    assert all("protocol" not in text and "be reached" not in text for text in heard), heard


def test_a_plan_is_valid_or_refused_in_words(served: Settings):
    stage_run = StageRun()
    try:
        with stage_run.running():
            made = LLMPlanner(served, chat=OpenAIChat(served, pause_s=0.01)).plan(request(text="remove the cup"))
    except BackendUnavailable as error:
        assert "GGEDIT_PLANNER=rules" in str(error)
    else:
        assert check(made, SCENE, EXTENT) == () and (made.steps or made.refusals)


def test_a_scene_is_whole_or_refused_in_words(served: Settings):
    backend = LLMDescriber(served, chat=OpenAIChat(served, pause_s=0.01), detector=ScriptedDetector())
    try:
        graph = backend.describe(make_picture(EXTENT), *table_of({"cup-1": "cup", "table-1": "table"}))
    except BackendUnavailable as error:
        assert str(error).endswith(".")
    else:
        assert [n.id for n in graph.nodes][:2] == ["cup-1", "table-1"]
