"""Many people at once on the page of the embedded tier.

    python -m benchmarks.users [--users 20] [--seconds 300]

Each simulated person opens a photo, asks for something, corrects it by clicks and strokes, runs
the plan, keeps or takes back the result and asks again, with pauses in between as people make
them; the letters are those that the page's scripts send. Prints calls, errors, seconds from a
letter to its last answer, and the server's memory over time. Linux.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from benchmarks.serving import PageVisitor, Served, served
from tests.pictures import find
from tests.ui.doubles import paint_png

PHOTOS = (
    ("coffee", ("make the cup blue", "remove the spoon", "make the cup bigger")),
    ("chelsea", ("make the cat grey", "remove the cat", "flip the cat")),
    ("astronaut", ("make the helmet green", "remove the helmet")),
    ("motorcycle", ("make the motorcycle blue", "blur the background")),
)
PAUSE_S = 3.0
"""Mean pause between two things that a person does."""
LONGEST_SIDE = 800
SAMPLES = 10
_SETTINGS = {"GGEDIT_SESSIONS_MIB": "1024"}
"""Low, so that the run shows that sessions of people who left are forgotten."""


@dataclass
class Log:
    """What happened, over all people."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Person:
    """Works through one photo after another until the time is over."""

    url: str
    photos: dict[str, Path]
    log: Log
    ends_s: float
    chance: random.Random

    def work(self) -> None:
        while time.monotonic() < self.ends_s:
            try:
                self._visit()
            except (httpx.HTTPError, RuntimeError, KeyError) as error:
                with self.log.lock:
                    self.log.errors.append(f"{type(error).__name__}: {error}")

    def _visit(self) -> None:
        page = PageVisitor(self.url)
        try:
            name, asks = self.chance.choice(PHOTOS)
            self._timed("open", page, lambda: page.open(self.photos[name]))
            for ask in self.chance.sample(asks, k=min(2, len(asks))):
                for what, panel, edit in self._steps(page, ask):
                    self._pause()
                    if time.monotonic() >= self.ends_s:
                        return
                    self._timed(what, page, lambda p=panel, e=edit: page.send(p, e))
        finally:
            page.close()

    def _steps(self, page: PageVisitor, ask: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield "ask", "request", {"kind": "ask", "text": ask}
        for _ in range(2):
            target = next((b for b in page.views["canvas"].get("boxes", []) if b["role"] == "target"), None)
            if target is None or not page.views["canvas"].get("masks"):
                break
            yield self.chance.choice((_click, _stroke))(target, self.chance)
        if page.views["plan"].get("runnable"):
            yield "run", "plan", {"kind": "run"}
            if page.views["history"].get("result"):
                yield self.chance.choice((("keep", "history", {"kind": "keep"}), ("undo", "history", {"kind": "undo"})))

    def _timed(self, what: str, page: PageVisitor, act: Any) -> None:
        began = time.perf_counter()
        act()
        with self.log.lock:
            self.log.seconds[what].append(time.perf_counter() - began)
            for notice in page.notices:
                self.log.notices[notice] += 1

    def _pause(self) -> None:
        time.sleep(min(self.chance.expovariate(1 / PAUSE_S), 4 * PAUSE_S))


def _click(box: dict[str, Any], chance: random.Random) -> tuple[str, str, dict[str, Any]]:
    x1, y1, x2, y2 = box["box"]
    x, y = chance.uniform(x1, x2), chance.uniform(y1, y2)
    return "click", "canvas", {"kind": "click", "id": box["id"], "x": x, "y": y, "positive": True}


def _stroke(box: dict[str, Any], chance: random.Random) -> tuple[str, str, dict[str, Any]]:
    x1, y1, x2, y2 = box["box"]
    x = chance.uniform(x1, x2)
    edit = {"kind": "paint", "id": box["id"], "include": True, "box": [x, y1, x + 20, y2], "png": paint_png(20, 100)}
    return "stroke", "canvas", edit


def main() -> None:
    """Start the page, let people work, print."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as home, served(Path(home) / "home", **_SETTINGS) as page:
        log = Log()
        samples = _let_work(page, Path(home), given, log)
        _report(log, samples, given)


def _let_work(page: Served, folder: Path, given: argparse.Namespace, log: Log) -> list[tuple[float, float]]:
    """Returns (seconds since the start, MiB) of the server."""
    photos = {name: _photo(name, folder) for name, _ in PHOTOS}
    began = time.monotonic()
    ends_s = began + given.seconds
    people = [Person(page.url, photos, log, ends_s, random.Random(number)) for number in range(given.users)]
    threads = [threading.Thread(target=person.work) for person in people]
    samples = [(0.0, page.memory_mib)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(min(given.seconds / SAMPLES, 5))
        samples.append((time.monotonic() - began, page.memory_mib))
    return samples


def _photo(name: str, folder: Path) -> Path:
    path = folder / f"{name}.png"
    image = Image.open(find(name)).convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    image.save(path)
    return path


def _report(log: Log, samples: list[tuple[float, float]], given: argparse.Namespace) -> None:
    calls = sum(len(rows) for rows in log.seconds.values())
    load = os.getloadavg()[0]
    print(f"{given.users} people, {samples[-1][0]:.0f} s, {calls} calls, {len(log.errors)} errors, load {load:.1f}")
    print(f"{'seconds to the last answer':28}{'calls':>8}{'median':>9}{'95 %':>9}{'most':>9}")
    for what, rows in sorted(log.seconds.items()):
        late = statistics.quantiles(rows, n=20)[-1] if len(rows) > 1 else rows[0]
        print(f"{what:28}{len(rows):8}{statistics.median(rows):9.2f}{late:9.2f}{max(rows):9.2f}")
    print("memory of the server: " + ", ".join(f"{mib:.0f} MiB at {s:.0f} s" for s, mib in _thinned(samples)))
    for text in sorted(set(log.errors)):
        print(f"error, {log.errors.count(text)} times: {text}")
    for text, count in sorted(log.notices.items(), key=lambda row: -row[1]):
        print(f"told {count} times: {text}")


def _thinned(samples: list[tuple[float, float]]) -> list[tuple[float, float]]:
    step = max(1, len(samples) // SAMPLES)
    return [*samples[:-1:step], samples[-1]]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=300.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
