"""``ggedit batch``: throughput by executor, equality of the results, memory, and what kills cost.

    python -m benchmarks.batch [--rows 300] [--dry-rows 5000] [--side 160] [--only ray-1 ray-2 kills]

The same rows of the embedded tier go through one worker, two threads of one process, two local processes, and a Ray
that is started here with one and with two workers; one CPU thread per worker throughout, each
executor in a process of its own with its own folder. Rows per second are counted after the first
four rows per worker, so that loading the models counts for none. Ratios are to one worker of the
same kind. Memory is read at a third of the rows and at the end: of the driver, and of the largest worker process.

``kills``: Ray with two workers once more; one worker gets SIGKILL at a third of the rows, the driver
at two thirds, and is started again. Printed is how many rows are missing in the end, and how many
are recorded twice. The dry run goes through two local processes. Linux; about ten minutes on two quiet cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path

from PIL import Image

from ggedit.batch.campaign import RESULTS, Campaign
from ggedit.batch.jobs import read_jobs
from ggedit.batch.work import Outcome, Phase
from ggedit.batch.workers import IN_FLIGHT_PER_WORKER, Attempt, Executor, Task, Worker, make_executor
from ggedit.config import load_settings
from tests.pictures import find

REQUESTS = (
    ("coffee", "make the cup blue"),
    ("flower", "make the flower purple"),
    ("dog", "remove the dog"),
    ("cats", "make the cat on the right grey"),
    ("motorcycle", "blur the background"),
    ("unwant_person", "remove the woman on the left"),
)
PARTS = {
    "one": ("local", 1),
    "threads-2": ("threads", 2),
    "processes-2": ("local", 2),
    "ray-1": ("ray", 1),
    "ray-2": ("ray", 2),
    "kills": ("ray", 2),
}
BASE = {"threads-2": "one", "processes-2": "one", "ray-2": "ray-1"}
"""What a part's rate is divided by."""

WARM_ROWS = 4
"""Per worker; they pay for loading the models."""


class Threads:
    """Two threads over one kit: what the local executor would be without processes."""

    def __init__(self, task: Task) -> None:
        self._task, self._worker = task, Worker(task)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, range(os.cpu_count() or 1))

    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        waiting, running = iter(rows), set[Future[Outcome]]()
        with ThreadPoolExecutor(self._task.workers) as pool:
            while True:
                for row in islice(waiting, self._task.workers * IN_FLIGHT_PER_WORKER - len(running)):
                    running.add(pool.submit(self._worker.do, row.job, row.key))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--dry-rows", type=int, default=5000, help="0 leaves the dry run out")
    parser.add_argument("--side", type=int, default=160, help="longer side of the pictures")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(measure(asked.part, asked.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_rows(folder, asked.rows, asked.dry_rows, asked.side)
        throughput(folder, asked.only)
        if asked.dry_rows:
            dry_run(folder)


def write_rows(folder: Path, rows: int, dry_rows: int, side: int) -> None:
    """Two files of rows. Each row of the first has a photo of its own, as nothing must be known from
    the row before; those of the dry run share the photos, since the driver only passes them on."""
    photos = {name: _photo(name, side) for name, _ in REQUESTS}
    for name, photo in photos.items():
        photo.save(folder / f"{name}.png")
    for file, count in (("rows.jsonl", rows), ("dry.jsonl", dry_rows)):
        with (folder / file).open("w") as out:
            for number in range(count):
                name, text = REQUESTS[number % len(REQUESTS)]
                picture = f"{name}.png"
                if file == "rows.jsonl":
                    picture = f"{number:05d}.png"
                    photos[name].putpixel((0, 0), (number % 256, number // 256 % 256, 0))
                    photos[name].save(folder / picture)
                row = {"id": f"r{number:05d}", "picture": picture, "text": text, "seed": number}
                out.write(json.dumps(row) + "\n")


def _photo(name: str, side: int) -> Image.Image:
    photo = Image.open(find(name)).convert("RGB")
    photo.thumbnail((side, side))
    return photo


def throughput(folder: Path, parts: list[str]) -> None:
    print(
        f"{'executor':12} {'rows':>5} {'done':>5} {'rows/s':>7} {'ratio':>6} {'warm s':>7} "
        f"{'driver MiB':>16} {'worker MiB':>16}  results"
    )
    rates: dict[str, float] = {}
    first = ""
    for part in parts:
        if part == "kills":
            kills(folder, first)
            continue
        row = _in_its_own_process(part, folder)
        rates[part], first = float(row["rate"]), first or str(row["digest"])
        ratio = f"{rates[part] / rates[base]:6.2f}" if (base := BASE.get(part, part)) in rates else "      "
        driver, worker = (f"{row[f'third_{who}']:6.1f} -> {row[f'end_{who}']:6.1f}" for who in ("mib", "worker_mib"))
        same = "as the first" if row["digest"] == first else "DIFFERENT"
        print(
            f"{part:12} {row['rows']:5} {row['done']:5} {rates[part]:7.3f} {ratio} {row['start_s']:7.1f} "
            f"{driver:>16} {worker:>16}  {same}",
            flush=True,
        )


def kills(folder: Path, first: str) -> None:
    """A worker is killed by its driver's process here, the driver by us; then the same command again."""
    out, total = folder / "out-kills", sum(1 for _ in (folder / "rows.jsonl").open())
    driver = subprocess.Popen(_command("kills", folder), stdout=subprocess.DEVNULL)
    while driver.poll() is None and len(_settled(out)) < 2 * total // 3:
        time.sleep(0.1)
    driver.kill()
    driver.wait()
    killed_at = len(_settled(out))
    row = _in_its_own_process("kills", folder)
    done = _settled(out)
    same = "as the first" if row["digest"] == first else "DIFFERENT" if first else "alone"
    missing, twice = total - len(set(done)), len(done) - len(set(done))
    print(
        f"kills        a worker at row {total // 3}, the driver at row {killed_at}: "
        f"{missing} rows missing, {twice} recorded twice; results {same}",
        flush=True,
    )


def _settled(out: Path) -> list[str]:
    """Ids of the rows that are done, one for every time."""
    file = out / RESULTS
    lines = file.read_text().splitlines() if file.is_file() else []
    return [row["id"] for line in lines if line.endswith("}") and (row := json.loads(line))["status"] == "done"]


def dry_run(folder: Path) -> None:
    row = _in_its_own_process("dry", folder)
    growth = float(row["end_mib"]) - float(row["third_mib"])
    print(
        f"dry run of {row['rows']} rows: driver {row['third_mib']:.1f} MiB at a third, {row['end_mib']:.1f} MiB "
        f"at the end ({growth:+.1f}), {row['rate']:.2f} rows/s"
    )


def _in_its_own_process(part: str, folder: Path) -> dict[str, float | str]:
    run = subprocess.run(_command(part, folder), check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def _command(part: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.batch", "--part", part, "--folder", str(folder)]


def measure(part: str, folder: Path) -> dict[str, float | str]:
    """One executor's figures; ``digest`` is of all result pictures by name."""
    kind, workers = PARTS.get(part, ("local", 2))
    dry = part == "dry"
    source, out = folder / ("dry.jsonl" if dry else "rows.jsonl"), folder / f"out-{part}"
    settings = load_settings(os.environ | {"GGEDIT_TIER": "embedded"})
    task = Task(Phase.PLAN if dry else Phase.EDIT, out, settings, workers=workers, threads=1)
    total = sum(1 for _ in source.open())
    began = warm = time.perf_counter()
    end = (0.0, 0.0)
    skipped, third, rows = min(WARM_ROWS * workers, total - 1), (0.0, 0.0), 0
    again = (out / RESULTS).is_file()
    campaign = Campaign.begin(task)
    for rows, _ in enumerate(campaign.run(read_jobs(source), _executor(kind, task)), start=1):
        if rows == skipped:
            warm = time.perf_counter()
        if rows == max(1, total // 3):
            third = _rss_mib(os.getpid()), _largest_worker_mib()
            if part == "kills" and not again:
                os.kill(_workers()[0], signal.SIGKILL)
        if rows == total - 1:
            end = _rss_mib(os.getpid()), _largest_worker_mib()
    seconds = time.perf_counter() - warm
    return {
        "rows": rows,
        "done": campaign.counts["planned" if dry else "done"],
        "rate": (rows - skipped) / seconds,
        "start_s": warm - began,
        "third_mib": third[0],
        "end_mib": end[0],
        "third_worker_mib": third[1],
        "end_worker_mib": end[1],
        "digest": _digest(out / "results"),
    }


def _executor(kind: str, task: Task) -> Executor:
    return Threads(task) if kind == "threads" else make_executor(kind, task)


def _digest(folder: Path) -> str:
    sha = hashlib.sha256()
    for file in sorted(folder.glob("*.png")):
        sha.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return sha.hexdigest()


def _rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _largest_worker_mib() -> float:
    return max((_rss_mib(pid) for pid in _workers()), default=0.0)


def _workers() -> list[int]:
    """Processes below this one that do rows."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
            if any(mark in command for mark in ("ray::_Actor", "spawn_main")) and _is_below(int(entry.name)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _is_below(pid: int) -> bool:
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        if pid == os.getpid():
            return True
    return False


if __name__ == "__main__":
    main()
