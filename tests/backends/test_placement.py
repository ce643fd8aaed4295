"""Devices, number formats, and memory that runs out: one smaller try, then a sentence with the figures."""

from __future__ import annotations

import weakref
from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")

from ggedit.backends import placement  # noqa: E402
from ggedit.backends.placement import (  # noqa: E402
    Placement,
    free_ram_mib,
    going_on_with_less_memory,
    out_of_memory,
    place,
    require_memory,
    with_less_memory,
)
from ggedit.config import load_settings  # noqa: E402
from ggedit.core.errors import BackendUnavailable, StageError  # noqa: E402
from ggedit.ports import StageRun  # noqa: E402

SETTINGS = load_settings({})
CPU = Placement(torch.device("cpu"), torch.float32)


def machine(monkeypatch: pytest.MonkeyPatch, *, cuda: bool = False, mps: bool = False, bf16: bool = True) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("here", "asked", "device", "dtype"),
    [
        ({}, {}, "cpu", torch.float32),
        ({"cuda": True}, {}, "cuda", torch.bfloat16),
        ({"cuda": True, "bf16": False}, {}, "cuda", torch.float16),
        ({"mps": True}, {}, "mps", torch.float16),
        ({"cuda": True}, {"device": "cpu"}, "cpu", torch.float32),
        ({"cuda": True}, {"dtype": "float32"}, "cuda", torch.float32),
        ({}, {"dtype": "bfloat16"}, "cpu", torch.bfloat16),
    ],
    ids=["CPU alone", "CUDA", "an old CUDA card", "MPS", "CPU by setting", "float32 by setting", "half on a CPU"],
)
def test_the_best_device_and_its_format(monkeypatch, here, asked, device, dtype):
    machine(monkeypatch, **here)
    assert place(replace(SETTINGS, **asked)) == Placement(torch.device(device), dtype)


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"device": "cuda"}, "it finds: cpu"), ({"device": "gpu"}, "GGEDIT_DEVICE"), ({"dtype": "int4"}, "GGEDIT_DTYPE")],
    ids=["no such device here", "no such device", "no such format"],
)
def test_what_cannot_be_had_is_refused(monkeypatch, asked, words):
    machine(monkeypatch)
    with pytest.raises(BackendUnavailable, match=words):
        place(replace(SETTINGS, **asked))


RAN_OUT = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0 has ..."),
    RuntimeError("MPS backend out of memory (MPS allocated: 8.88 GB). Tried to allocate 256.00 MB on private pool."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory: you tried to "
                 "allocate 4294967296 bytes."),
    MemoryError(),
]  # fmt: skip


def fails_first(error: Exception):
    calls = []

    def work():
        calls.append(1)
        raise error

    return work, calls


@pytest.mark.parametrize("error", RAN_OUT, ids=["CUDA", "MPS", "CPU", "Python"])
def test_it_is_tried_once_more_in_a_smaller_way_and_said(error):
    assert out_of_memory(error)
    work, calls = fails_first(error)
    with StageRun().running() as run:
        assert with_less_memory(work, lambda: "small", doing="Looking") == "small"
    assert calls == [1]
    assert run.notes == ["Looking ran out of memory and was done again in a way that needs less."]


@pytest.mark.parametrize(
    ("error", "figure"),
    list(zip(RAN_OUT[:3], ["1.50 GiB", "256.00 MB", "4294967296 bytes"], strict=True)),
    ids=["CUDA", "MPS", "CPU"],
)
def test_the_second_time_is_a_sentence_with_the_figure(error, figure):
    work, calls = fails_first(error)
    with pytest.raises(StageError) as said:
        with_less_memory(work, work, doing="Looking")
    assert calls == [1, 1]
    assert figure in str(said.value) and "GGEDIT_LOW_MEMORY" in str(said.value)


def test_what_the_first_try_held_is_freed_before_the_second():
    """The error's traceback must not keep the tensors that filled the device."""
    held = []

    def work():
        large = torch.zeros(8)
        held.append(weakref.ref(large))
        raise torch.OutOfMemoryError("CUDA out of memory.")

    assert with_less_memory(work, lambda: held[0]() is None, doing="Looking")


def test_work_that_tells_how_it_goes_on_is_begun_again():
    def work():
        yield "half"
        raise RAN_OUT[0]

    def smaller():
        yield "small"
        return "done"

    told, made = [], []
    with StageRun().running() as run:
        steps = going_on_with_less_memory(work, smaller, doing="Editing", how="in tiles")
        told = [*_until_the_end(steps, made)]
    assert told == ["half", "small"] and made == ["done"]
    assert run.notes == ["Editing ran out of memory and was done again in tiles."]


def test_work_that_tells_ends_with_the_figure_too():
    def work():
        yield "half"
        raise RAN_OUT[0]

    with pytest.raises(StageError, match=r"1\.50 GiB more .* GGEDIT_LOW_MEMORY"):
        list(going_on_with_less_memory(work, work, doing="Editing", how="in tiles"))


def _until_the_end(steps, made):
    made.append((yield from steps))


@pytest.mark.parametrize("error", [RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ValueError("x")])
def test_other_errors_pass_through(error):
    work, calls = fails_first(error)
    with pytest.raises(type(error)):
        with_less_memory(work, lambda: None, doing="Looking")
    assert calls == [1]


def test_torch_itself_on_a_cpu_says_it_in_the_words_that_are_known():
    with pytest.raises(RuntimeError) as said:
        torch.empty(2**55, dtype=torch.uint8)
    assert out_of_memory(said.value)


def test_a_model_that_would_not_fit_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(placement, "free_ram_mib", lambda: 1000.0)
    require_memory(900 * 2**20, CPU, work_mib=50, doing="It")
    with pytest.raises(BackendUnavailable, match="about 1200 MiB of memory and 1000 MiB are free"):
        require_memory(900 * 2**20, CPU, work_mib=300, doing="It")
    on_a_card = Placement(torch.device("cuda"), torch.float16)
    require_memory(900 * 2**20, on_a_card, work_mib=300, doing="It")


def test_where_the_system_does_not_say_nothing_is_refused(monkeypatch):
    monkeypatch.setattr(placement, "free_ram_mib", lambda: None)
    require_memory(2**60, CPU, work_mib=0, doing="It")


def test_a_containers_limit_counts(monkeypatch):
    texts = {
        "meminfo": "MemTotal: 99 kB\nMemAvailable:   8388608 kB\n",
        "memory.max": "2147483648\n",
        "memory.current": "1610612736\n",
        "memory.stat": "anon 5\ninactive_file 536870912\n",
    }
    monkeypatch.setattr(placement.Path, "read_text", lambda self: texts[self.name])
    assert free_ram_mib() == 1024
    texts["memory.max"] = "max\n"
    assert free_ram_mib() == 8192
