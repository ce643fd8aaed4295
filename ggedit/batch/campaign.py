"""A whole batch: rows in, what is done skipped, the rest done by an executor, every outcome on disk at once."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..assembly import Assembly
from ..core.errors import BadInput
from ..core.freeze import Frozen
from .jobs import BadRow, Job
from .work import Outcome, Phase, Status, content_key
from .workers import Attempt, Executor, Task

RESULTS, SUMMARY = "results.jsonl", "summary.json"

_PORTS = ("parser", "detector", "segmenter", "describer", "sizer", "planner", "editor")
"""The ports whose backends decide what a row gives."""

_SETTLED = {
    Phase.EDIT: frozenset({Status.DONE, Status.REFUSED}),
    Phase.PLAN: frozenset({Status.PLANNED, Status.REFUSED}),
    Phase.APPROVE: frozenset({Status.DONE, Status.REFUSED}),
}
"""What need not be done again; an error is tried once more by the next run."""


@dataclass(frozen=True, slots=True)
class Step(Frozen):
    """One row is through: its outcome, or None where it was done by an earlier run."""

    outcome: Outcome | None


@dataclass
class Campaign:
    """Goes through rows and keeps count. ``results.jsonl`` below ``task.out`` is its memory: killed at
    any moment, the next run goes on after the last line."""

    task: Task
    counts: Counter[str] = field(default_factory=Counter)
    spent_s: dict[str, tuple[int, float]] = field(default_factory=dict)

    @classmethod
    def begin(cls, task: Task) -> Campaign:
        """Raises BadInput: the folder cannot be made."""
        try:
            task.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{task.out} cannot be made: {error.strerror}.") from None
        return cls(task)

    def run(self, rows: Iterable[Job | BadRow], executor: Executor) -> Iterator[Step]:
        """Steps as rows get through. The rows are read only as fast as they are done."""
        done = settled_keys(self.task.out / RESULTS, self.task.phase)
        names = Assembly(self.task.settings).names(_PORTS)
        passed: list[Step] = []
        for outcome in executor.run(self._open_rows(rows, names, done, passed)):
            yield from self._take(passed)
            yield self._keep(outcome)
        yield from self._take(passed)

    def _open_rows(
        self, rows: Iterable[Job | BadRow], names: tuple[str, ...], done: frozenset[str], passed: list[Step]
    ) -> Iterator[Attempt]:
        """The rows that are to be done; bad ones and those done before go into ``passed``."""
        for row in rows:
            if isinstance(row, BadRow):
                passed.append(self._keep(Outcome(row.id, "", Status.ERROR, row.why)))
                continue
            key = content_key(row, self.task.phase, names, self.task.out)
            if key in done:
                self.counts["skipped"] += 1
                passed.append(Step(None))
            else:
                yield Attempt(row, key)

    @staticmethod
    def _take(passed: list[Step]) -> Iterator[Step]:
        while passed:
            yield passed.pop(0)

    def _keep(self, outcome: Outcome) -> Step:
        """On disk before anybody hears of it."""
        with (self.task.out / RESULTS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.counts[str(outcome.status)] += 1
        for stage, _, seconds_s in outcome.stages:
            runs, total_s = self.spent_s.get(stage, (0, 0.0))
            self.spent_s[stage] = (runs + 1, total_s + seconds_s)
        return Step(outcome)

    def summary(self, seconds_s: float) -> dict[str, object]:
        """Counts by status, the rate, and the mean seconds of every stage; also written to ``summary.json``."""
        total = sum(self.counts.values())
        fresh = total - self.counts["skipped"]
        found = {
            "rows": total,
            **{name: self.counts[name] for name in (*Status, "skipped") if self.counts[name]},
            "seconds": round(seconds_s, 3),
            "rows_per_hour": round(3600 * fresh / seconds_s, 1) if seconds_s and fresh else None,
            "stage_seconds": {stage: round(total_s / runs, 3) for stage, (runs, total_s) in self.spent_s.items()},
        }
        text = json.dumps(found, indent=2) + "\n"
        (self.task.out / SUMMARY).write_text(text, encoding="utf-8")
        return found


def settled_keys(results: Path, phase: Phase) -> frozenset[str]:
    """Keys of the rows that an earlier run settled; a half-written last line counts for nothing."""
    found: set[str] = set()
    if not results.is_file():
        return frozenset()
    with results.open(encoding="utf-8") as file:
        for line in file:
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            if row.get("status") in _SETTLED[phase] and row.get("key"):
                found.add(row["key"])
    return frozenset(found)
