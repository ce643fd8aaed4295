"""Whole batches with scripted backends, in this process and in others that get killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ggedit.batch.campaign import RESULTS, Campaign
from ggedit.batch.jobs import BadRow, Job
from ggedit.batch.local import Here
from ggedit.batch.work import Outcome, Phase, Status, plan_file
from ggedit.batch.workers import MAX_ATTEMPTS, Attempt, Task, make_executor
from ggedit.config import PORTS, Settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.geometry import Box


def jobs_of(photos: Path, text: str = "remove the cup") -> list[Job | BadRow]:
    return [Job(f"job{n}", file, text, seed=n) for n, file in enumerate(sorted(photos.iterdir()))]


def run(task: Task, jobs: list[Job | BadRow], name: str = "local") -> tuple[Campaign, list[Outcome]]:
    campaign = Campaign.begin(task)
    steps = list(campaign.run(jobs, make_executor(name, task)))
    return campaign, [step.outcome for step in steps if step.outcome is not None]


def results(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((out / "results").iterdir())}


def test_every_row_has_its_result_masks_and_plan_on_disk(settings: Settings, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    campaign, outcomes = run(Task(Phase.EDIT, out, settings), jobs_of(photos))
    assert [o.status for o in outcomes] == [Status.DONE] * 4
    assert all((out / o.picture).is_file() and (out / o.plan).is_file() and o.masks for o in outcomes)
    written = [json.loads(line) for line in (out / RESULTS).read_text().splitlines()]
    assert [row["id"] for row in written] == ["job0", "job1", "job2", "job3"]
    assert [stage for stage, _, _ in outcomes[0].stages][-1] == "edit"
    summary = campaign.summary(2.0)
    stages = summary.pop("stage_seconds")
    assert summary == {"rows": 4, "done": 4, "seconds": 2.0, "rows_per_hour": 7200.0}
    spent = sum(seconds for outcome in outcomes for stage, _, seconds in outcome.stages if stage == "segment")
    assert isinstance(stages, dict) and stages["segment"] == round(spent / 4, 3) and len(stages) == 7


def test_what_is_done_is_skipped_and_what_changed_is_done_again(
    settings: Settings, photos: Path, tmp_path: Path
) -> None:
    task = Task(Phase.EDIT, tmp_path / "out", settings)
    run(task, jobs_of(photos))
    campaign, outcomes = run(task, jobs_of(photos))
    assert outcomes == [] and campaign.counts["skipped"] == 4
    (photos / "photo1.png").write_bytes((photos / "photo2.png").read_bytes())
    _, outcomes = run(task, jobs_of(photos))
    assert [o.id for o in outcomes] == ["job1"]
    _, outcomes = run(task, jobs_of(photos, "remove the lamp"))
    assert len(outcomes) == 4


def test_a_half_written_last_line_is_done_again(settings: Settings, photos: Path, tmp_path: Path) -> None:
    task = Task(Phase.EDIT, tmp_path / "out", settings)
    run(task, jobs_of(photos))
    file = tmp_path / "out" / RESULTS
    file.write_text(file.read_text()[:-30])
    _, outcomes = run(task, jobs_of(photos))
    assert [o.id for o in outcomes] == ["job3"]


def test_bad_rows_are_error_rows_and_never_stop_the_rest(settings: Settings, photos: Path, tmp_path: Path) -> None:
    (photos / "photo2.png").write_bytes(b"not a picture")
    rows = [
        BadRow("row-1", "Row 1: it is not JSON."),
        *jobs_of(photos),
        Job("gone", photos / "none.png", "remove the cup"),
        Job("odd", photos / "photo0.png", "sing a song"),
        Job("boxed", photos / "photo0.png", "remove the cup", box=Box(4, 4, 20, 20)),
    ]
    campaign, outcomes = run(Task(Phase.EDIT, tmp_path / "out", settings), rows)
    by_id = {o.id: o for o in outcomes}
    assert campaign.counts == {"error": 3, "done": 4, "refused": 1}
    assert by_id["row-1"].note == "Row 1: it is not JSON."
    assert "photo2.png" in by_id["job2"].note and "cannot be read" in by_id["gone"].note
    assert by_id["odd"].note == "What should be changed?" and by_id["boxed"].status is Status.DONE


def test_errors_are_tried_again_by_the_next_run(settings: Settings, photos: Path, tmp_path: Path) -> None:
    good = (photos / "photo2.png").read_bytes()
    task = Task(Phase.EDIT, tmp_path / "out", settings)
    (photos / "photo2.png").write_bytes(b"")
    run(task, jobs_of(photos))
    (photos / "photo2.png").write_bytes(good)
    _, outcomes = run(task, jobs_of(photos))
    assert [(o.id, o.status) for o in outcomes] == [("job2", Status.DONE)]


def test_plans_wait_for_review_and_are_run_as_they_stand(settings: Settings, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    planning, approving = (Task(phase, out, settings) for phase in (Phase.PLAN, Phase.APPROVE))
    _, outcomes = run(planning, jobs_of(photos))
    assert [o.status for o in outcomes] == [Status.PLANNED] * 4 and not (out / "results").exists()
    assert {o.does for o in outcomes} == {"as asked"}
    document = json.loads(plan_file(out, "job1").read_text())
    document["value"]["plan"]["steps"][0]["enabled"] = False
    plan_file(out, "job1").write_text(json.dumps(document))
    _, outcomes = run(approving, jobs_of(photos))
    assert {o.id: o.status for o in outcomes} == {
        "job0": Status.DONE, "job1": Status.REFUSED, "job2": Status.DONE, "job3": Status.DONE,
    }  # fmt: skip
    whole = tmp_path / "whole"
    run(Task(Phase.EDIT, whole, settings), jobs_of(photos))
    assert results(out)["job0.png"] == results(whole)["job0.png"]


def test_approving_without_a_plan_or_with_a_broken_one_is_said(
    settings: Settings, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    plan_file(out, "job1").parent.mkdir(parents=True)
    plan_file(out, "job1").write_text("{")
    _, outcomes = run(Task(Phase.APPROVE, out, settings), jobs_of(photos)[:2])
    assert "--dry-run first" in outcomes[0].note and "no longer JSON" in outcomes[1].note


def test_rows_are_handed_out_only_as_they_are_done(settings: Settings, photos: Path, tmp_path: Path) -> None:
    taken: list[int] = []

    def endless() -> Iterator[Job]:
        for number in range(10_000):
            taken.append(number)
            yield Job(f"n{number}", photos / "photo0.png", "remove the cup")

    task = Task(Phase.PLAN, tmp_path / "out", settings)
    steps = Campaign.begin(task).run(endless(), Here(task))
    assert [next(steps).outcome.id for _ in range(3)] == ["n0", "n1", "n2"]  # type: ignore[union-attr]
    assert len(taken) <= 4


def test_an_unknown_executor_and_a_missing_package_are_said(settings: Settings, tmp_path: Path, monkeypatch) -> None:
    task = Task(Phase.EDIT, tmp_path, settings)
    with pytest.raises(BackendUnavailable, match="use local or ray"):
        make_executor("slurm", task)
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    monkeypatch.delitem(__import__("sys").modules, "ggedit.batch.ray_executor", raising=False)
    with pytest.raises(BackendUnavailable, match=r"ggedit\[batch\]"):
        make_executor("ray", task)


def test_a_row_is_tried_a_few_times_and_then_given_up(photos: Path) -> None:
    row: Attempt | None = Attempt(Job("x", photos / "photo0.png", "a"), "key")
    numbers = []
    while row is not None:
        numbers.append(row.number)
        last, row = row, row.again
    assert numbers == list(range(1, MAX_ATTEMPTS + 1))
    assert last.lost.status is Status.ERROR and "died" in last.lost.note


def kill_one(marker: str) -> None:
    """SIGKILL for one process below this one whose command line has the marker."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().decode(errors="replace")
            parents = set(ancestors(int(process.name)))
        except (OSError, ValueError):
            continue
        if marker in line and os.getpid() in parents:
            os.kill(int(process.name), signal.SIGKILL)
            return
    pytest.fail(f"no process with {marker!r}")


def ancestors(pid: int) -> Iterator[int]:
    while pid > 1:
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        yield pid


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the worker through /proc")
@pytest.mark.parametrize(("name", "marker"), [("local", "spawn_main"), ("ray", "ray::_Actor")])
def test_a_killed_worker_loses_nothing_and_the_bytes_are_the_same(
    name: str, marker: str, settings: Settings, photos: Path, tmp_path: Path
) -> None:
    if name == "ray":
        pytest.importorskip("ray", reason='needs pip install "ggedit[batch]"')
    files = sorted(photos.iterdir())
    jobs: list[Job | BadRow] = [Job(f"job{n}", files[n % 4], "remove the cup", seed=n) for n in range(12)]
    here, there = tmp_path / "here", tmp_path / "there"
    run(Task(Phase.EDIT, here, settings), jobs)
    task = Task(Phase.EDIT, there, settings, workers=2, threads=1)
    steps = Campaign.begin(task).run(jobs, make_executor(name, task))
    seen = [next(steps)]
    kill_one(marker)
    seen += list(steps)
    found = [step.outcome for step in seen if step.outcome is not None]
    assert sorted(o.id for o in found) == sorted(job.id for job in jobs)
    assert {o.status for o in found} == {Status.DONE}
    assert results(there) == results(here)


@pytest.mark.slow
def test_a_cluster_with_room_for_fewer_workers_does_the_rows_on_those(
    settings: Settings, photos: Path, tmp_path: Path
) -> None:
    ray = pytest.importorskip("ray", reason='needs pip install "ggedit[batch]"')
    if not ray.is_initialized():
        ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False, configure_logging=False)
    room = int(ray.cluster_resources()["CPU"])
    _, outcomes = run(Task(Phase.EDIT, tmp_path / "out", settings, workers=room + 2, threads=1), jobs_of(photos), "ray")
    assert [o.status for o in outcomes] == [Status.DONE] * 4


def test_a_port_where_no_cluster_listens_is_said(settings: Settings, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason='needs pip install "ggedit[batch]"')
    with pytest.raises(BackendUnavailable, match=r"No Ray cluster answers at 127\.0\.0\.1:1: "):
        make_executor("ray", Task(Phase.EDIT, tmp_path, settings), address="127.0.0.1:1")


@pytest.fixture(scope="module", autouse=True)
def _no_ray_left() -> Iterator[None]:
    yield
    ray = __import__("sys").modules.get("ray")
    if ray is not None and ray.is_initialized():
        ray.shutdown()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes through /proc")
def test_a_killed_driver_leaves_no_worker_and_its_successor_goes_on(photos: Path, tmp_path: Path) -> None:
    files = sorted(photos.iterdir())
    rows = ({"picture": str(files[n % 4]), "text": "remove the cup", "id": f"r{n}", "seed": n} for n in range(40))
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    scripted = {f"GGEDIT_{port.upper()}": "scripted" for port in PORTS if port not in {"sizer", "store"}}
    command = [sys.executable, "-m", "ggedit", "batch", "rows.jsonl", "-o", "out", "--workers", "2"]
    environ = os.environ | scripted | {"GGEDIT_HOME": str(tmp_path / "home")}
    driver = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    results = tmp_path / "out" / RESULTS
    wait_until(lambda: driver.poll() is not None or len(results.read_text().splitlines()) >= 3)
    assert driver.returncode is None
    workers = [pid for pid in processes() if is_below(pid, driver.pid)]
    driver.kill()
    driver.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    subprocess.run(command, cwd=tmp_path, env=environ, check=True, capture_output=True)
    done = [json.loads(line)["id"] for line in results.read_text().splitlines()]
    assert sorted(set(done)) == sorted(f"r{n}" for n in range(40)) and len(done) <= 44


def is_below(pid: int, parent: int) -> bool:
    try:
        return parent in set(ancestors(pid))
    except OSError:
        return False


def processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def wait_until(holds: Callable[[], bool]) -> None:
    """Looks again and again; a test that waits for ever is ended by the runner."""
    while True:
        try:
            if holds():
                return
        except OSError:
            continue
        time.sleep(0.02)
