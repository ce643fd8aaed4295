"""Hugging Face's ZeroGPU: a GPU is lent to one function at a time, in a process forked for it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import gradio as gr

from ..assembly import Assembly
from ..config import Settings
from ..core.errors import BackendUnavailable
from ..core.events import Event, StageFailed
from ..core.turn import Stage, Turn

LIBRARY = "spaces"
"""Must be imported before torch; app.py does so. Where it is absent, or there is no ZeroGPU, nothing changes."""


def run_on_lent_gpu(assembly: Assembly, settings: Settings) -> None:
    """Let every run of the assembly's sessions go through one function that ZeroGPU lends its GPU to.

    The function is given a Turn and names and gives events back, so nothing but plain values
    crosses to the forked process. That process loads the models; this one never touches CUDA.
    What backends keep between runs is kept there, as long as ZeroGPU keeps the process.

    Raises:
        BackendUnavailable: this is ZeroGPU, and its library is not installed.
    """
    if not settings.zero_gpu:
        return
    if find_spec(LIBRARY) is None:
        raise BackendUnavailable("SPACES_ZERO_GPU is set and its library is missing: pip install spaces.")

    def work(turn: Turn, planner: str, until: str, ask_user: bool) -> Iterator[Event]:  # noqa: FBT001 - ZeroGPU passes by place
        yield from assembly.run(turn, planner=planner, until=Stage(until), ask_user=ask_user)

    lent = import_module(LIBRARY).GPU(duration=settings.gpu_seconds)(work)
    usual = assembly.kit.planner.name

    def runner(turn: Turn, kit: Any, *, until: Stage = Stage.EDIT, ask_user: bool = False) -> Iterator[Event]:
        chosen = kit.planner.name
        try:
            yield from lent(turn, "" if chosen == usual else chosen.partition("@")[0], str(until), ask_user)
        except gr.Error as error:  # how ZeroGPU says that the quota is used up or the process ended
            yield StageFailed(turn.next_stage or Stage.EDIT, f"The GPU was not lent: {error.message}", turn)

    assembly.runner = runner
