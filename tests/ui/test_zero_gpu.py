"""Runs on a lent GPU: through one decorated generator, in a forked process, with plain values only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.events import Finished, StageFailed
from ggedit.core.turn import Stage
from ggedit.registry import all_specs
from ggedit.ui.zero_gpu import run_on_lent_gpu
from tests.builders import make_picture

SCRIPTED = dict.fromkeys(("parser", "detector", "segmenter", "describer", "sizer", "planner", "editor"), "scripted")


@pytest.fixture
def assembly(clean_settings) -> Assembly:
    return Assembly(replace(load_settings(), **SCRIPTED, zero_gpu=True, gpu_seconds=45))


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A stand-in for the library ``spaces``: each call runs in a process of its own, as ZeroGPU's do."""
    told = SimpleNamespace(duration=None, calls=0, pids=set())

    def GPU(*, duration):
        told.duration = duration

        def decorate(work):
            def handler(*arguments):
                told.calls += 1
                yield from _in_a_fork(work, arguments, told)

            return handler

        return decorate

    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=GPU, __spec__=SimpleNamespace(name="spaces")))
    return told


def _in_a_fork(work, arguments, told) -> Iterator[object]:
    """Everything that crosses is pickled."""
    import multiprocessing
    import pickle

    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()

    def run(packed: bytes) -> None:
        for value in work(*pickle.loads(packed)):
            results.put((os.getpid(), pickle.dumps(value)))
        results.put(None)

    process = context.Process(target=run, args=(pickle.dumps(arguments),), daemon=True)
    process.start()
    while (found := results.get()) is not None:
        told.pids.add(found[0])
        yield pickle.loads(found[1])
    process.join()


def test_a_run_happens_elsewhere_and_gives_the_same(assembly, lent):
    run_on_lent_gpu(assembly, assembly.settings)
    session = assembly.session(make_picture())
    session.ask("remove the cup")
    events = list(session.run(ask_user=False))
    assert isinstance(events[-1], Finished) and session.draft.result is not None
    assert lent.duration == 45 and lent.calls == 1
    assert os.getpid() not in lent.pids and len(lent.pids) == 1

    here = Assembly(replace(assembly.settings, zero_gpu=False)).session(make_picture())
    here.ask("remove the cup")
    usual = list(here.run(ask_user=False))
    assert [type(e) for e in usual] == [type(e) for e in events]
    assert here.draft.result.picture.digest == session.draft.result.picture.digest


def test_what_comes_back_is_as_frozen_as_what_went(assembly, lent):
    run_on_lent_gpu(assembly, assembly.settings)
    session = assembly.session(make_picture())
    session.ask("remove the cup")
    list(session.run(ask_user=False))
    with pytest.raises(ValueError, match="read-only"):
        session.draft.result.picture.pixels[0, 0] = 0
    with pytest.raises(ValueError, match="read-only"):
        session.draft.masks.items[0].crop[0, 0] = True
    session.accept()
    assert session.history.current is not None


def test_a_planner_chosen_by_a_person_is_named_to_the_other_process(assembly, lent):
    run_on_lent_gpu(assembly, assembly.settings)
    session = assembly.session(make_picture())
    session.ask("remove the cup")
    list(session.run(until=Stage.RELATE, ask_user=False))
    session.plan_with(assembly.named("planner", "rules"))
    list(session.run(until=Stage.PLAN, ask_user=False))
    record = next(r for r in session.draft.records if r.stage is Stage.PLAN)
    assert record.backend.startswith("rules@")


def test_a_gpu_that_is_not_lent_is_a_failed_stage(assembly, monkeypatch):
    def GPU(*, duration):
        def refuse(*arguments):
            raise gr.Error("You have exceeded your GPU quota")
            yield

        return lambda work: refuse

    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=GPU, __spec__=SimpleNamespace(name="spaces")))
    run_on_lent_gpu(assembly, assembly.settings)
    session = assembly.session(make_picture())
    session.ask("remove the cup")
    (event,) = session.run(ask_user=False)
    assert isinstance(event, StageFailed) and "quota" in event.message


def test_without_zero_gpu_nothing_changes(assembly, lent):
    usual = assembly.runner
    run_on_lent_gpu(assembly, replace(assembly.settings, zero_gpu=False))
    assert assembly.runner is usual and lent.duration is None


def test_zero_gpu_without_its_library_is_said(assembly, monkeypatch):
    monkeypatch.setattr("ggedit.ui.zero_gpu.find_spec", lambda name: None)
    with pytest.raises(BackendUnavailable, match="pip install spaces"):
        run_on_lent_gpu(assembly, assembly.settings)


def test_choosing_and_assembling_touches_no_gpu(assembly, monkeypatch):
    """The main process of a ZeroGPU Space must not start CUDA, whatever it assembles."""
    torch = pytest.importorskip("torch")

    def started(*_):
        raise AssertionError("CUDA was started in the main process")

    monkeypatch.setattr(torch.cuda, "_lazy_init", started)
    monkeypatch.setattr(torch.cuda, "is_available", started)
    from tests.tiny import BUILDERS, environment_of

    environ: dict[str, str] = {}
    for port, name in BUILDERS:
        if port in {"detector", "segmenter"}:
            environ |= {**environment_of(port, name), f"GGEDIT_{port.upper()}": name}
    settings = replace(load_settings(environ), zero_gpu=True, home=assembly.settings.home)
    assert Assembly(settings, all_specs()).kit.segmenter.name.startswith("sam")


def test_masks_are_read_only_after_a_pickle():
    import pickle

    picture = pickle.loads(pickle.dumps(make_picture()))
    assert not picture.pixels.flags.writeable
    assert np.array_equal(picture.pixels, make_picture().pixels)
