"""Results of a run on disk: one JSON line per turn, what made them, and the pictures."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from .. import __version__
from ..core.errors import BadInput
from ..core.freeze import Frozen
from .memory import loaded_cuda
from .pixels import Measures

ROWS_FILE, RUN_FILE, PICTURES = "results.jsonl", "run.json", "pictures"
_LIBRARIES = ("numpy", "scipy", "scikit-image", "opencv-python", "onnxruntime", "spacy", "torch", "diffusers")


@dataclass(frozen=True, eq=False, slots=True)
class Row(Frozen):
    """One turn's measures. ``stages`` holds (stage, seconds, peak MiB); ``picture`` is the result's
    path below the folder, "" where there is none; ``kind`` is the first planned kind, else verb, else tag;
    ``taken`` are the chosen boxes, xyxy in picture pixels."""

    case: str
    turn: int
    text: str
    kind: str
    tags: tuple[str, ...]
    measures: Measures
    stages: tuple[tuple[str, float, float], ...] = ()
    note: str = ""
    picture: str = ""
    taken: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.case}#{self.turn}"


@dataclass(frozen=True, eq=False, slots=True)
class Run(Frozen):
    """What made the rows: so that anyone can make them again."""

    command: str
    cases: str
    system: str
    seed: int
    not_run: dict[str, str] = field(default_factory=dict)
    backends: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    version: str = __version__
    python: str = platform.python_version()
    machine: str = ""
    libraries: dict[str, str] = field(default_factory=dict)
    started: str = ""


def run_of(command: str, cases: str, system: str, seed: int) -> Run:
    """With the versions, the hardware and the time of now."""
    return Run(
        command=command,
        cases=cases,
        system=system,
        seed=seed,
        machine=_machine(),
        libraries=_libraries(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    kind = _processor() or platform.machine()
    return f"{platform.system()}, {kind}, {cores} CPU cores, {_memory_gib():.0f} GiB{_accelerator()}"


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _accelerator() -> str:
    cuda = loaded_cuda()
    return "" if cuda is None else f", {cuda.get_device_name()}"


def _libraries() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def begin_run(folder: Path, run: Run) -> None:
    """Make the folder and say in it what will make the rows.

    Raises:
        BadInput: it holds results already, or it cannot be made.
    """
    if (folder / ROWS_FILE).exists():
        raise BadInput(f"{folder} already holds results: name a new folder with -o.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_run(folder, run)
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}.") from None


def end_run(folder: Path, run: Run) -> Run:
    """The run with the GPU that its backends used: only now is it known without loading torch."""
    ended = replace(run, machine=_machine())
    write_run(folder, ended)
    return ended


def write_run(folder: Path, run: Run) -> None:
    (folder / RUN_FILE).write_text(json.dumps(asdict(run), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def append_row(folder: Path, row: Row) -> None:
    with (folder / ROWS_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def read_run(folder: Path) -> Run:
    """Raises BadInput: the folder holds no results."""
    try:
        return Run(**json.loads((folder / RUN_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise BadInput(f"{folder} holds no results: make them with `ggedit eval run`.") from None


def read_rows(folder: Path) -> Iterator[Row]:
    """Raises BadInput: the folder holds no results, or a line is not a row."""
    file = folder / ROWS_FILE
    if not file.is_file():
        raise BadInput(f"{folder} holds no results: it has no {ROWS_FILE}; make them with `ggedit eval run`.")
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            document = json.loads(line)
            document["tags"] = tuple(document["tags"])
            document["stages"] = tuple((str(s), float(t), float(m)) for s, t, m in document["stages"])
            document["taken"] = tuple(tuple(box) for box in document.get("taken", ()))
            yield Row(**document)
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{file}, line {number} is not a row of results: {error}.") from None
