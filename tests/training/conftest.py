from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def fitted() -> Callable[[], Any]:
    """Makes a network of the tiny fitted model, anew each time: learning teaches its tokenizer."""
    pytest.importorskip("torch")
    pytest.importorskip("peft")
    from benchmarks.concepts import network

    return network


@pytest.fixture(scope="session")
def concept_set(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A wish and the folder in which it was learned in few steps."""
    pytest.importorskip("torch")
    pytest.importorskip("peft")
    from dataclasses import replace

    from benchmarks.concepts import TINY, learn, scene
    from ggedit.training.concepts import Wish

    folder = tmp_path_factory.mktemp("concepts")
    picture, subjects = scene()
    config = replace(TINY, row_steps=20, lora_steps=30)
    wish = Wish(picture, subjects, "tiny", folder / "classes", config)
    out = folder / "concepts" / wish.name
    learn(wish, out)
    return wish, out
