"""Visitors: found by id only, forgotten when idle, with their files."""

from __future__ import annotations

from pathlib import Path

from ggedit.ui import store_of_sessions
from ggedit.ui.store_of_sessions import MAX_OUTBOXES, Visitors, new_id


def test_ids_cannot_be_guessed() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 43, "256 bits as text"


def test_an_idle_visitor_is_forgotten_with_its_files(tmp_path: Path) -> None:
    now = [0.0]
    visitors = Visitors(tmp_path, idle_s=10, clock=lambda: now[0])
    path = visitors.get("a").drawer.keep(b"secret", ".png")
    now[0] = 11
    visitors.get("b")
    assert not visitors.knows("a")
    assert not path.exists()


def test_a_visitor_at_work_is_not_forgotten(tmp_path: Path) -> None:
    now = [0.0]
    visitors = Visitors(tmp_path, idle_s=10, clock=lambda: now[0])
    busy = visitors.get("a").busy
    with busy:
        now[0] = 100
        visitors.get("b")
        assert visitors.knows("a")


def test_the_number_of_visitors_is_bounded(tmp_path: Path, monkeypatch: object) -> None:
    now = [0.0]
    visitors = Visitors(tmp_path, idle_s=1e9, clock=lambda: now[0])
    for number in range(store_of_sessions.MAX_VISITORS + 20):
        now[0] += 1
        visitors.get(f"v{number}")
    assert len(visitors) <= store_of_sessions.MAX_VISITORS + 1
    assert not visitors.knows("v0")


def test_outboxes_are_remembered_up_to_a_bound(tmp_path: Path) -> None:
    visitor = Visitors(tmp_path, idle_s=10).get("a")
    for number in range(MAX_OUTBOXES + 5):
        visitor.acknowledge(f"outbox-{number}", 1)
    assert len(visitor.acks) == MAX_OUTBOXES
    assert f"outbox-{MAX_OUTBOXES + 4}" in visitor.acks


def test_each_drawer_has_a_folder_of_its_own(tmp_path: Path) -> None:
    visitors = Visitors(tmp_path, idle_s=10)
    same = b"the same content"
    assert visitors.get("a").drawer.keep(same, ".png") != visitors.get("b").drawer.keep(same, ".png")
