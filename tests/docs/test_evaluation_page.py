"""docs/evaluation.md names every field of a case, and the figures' suite is the one that is there."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from ggedit.evaluation.cases import FORMAT, Case, CaseTurn, Region, Scene, Target, read_cases

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [Case, CaseTurn, Target, Region, Scene], ids=lambda kind: kind.__name__)
def test_every_field_is_explained(kind: type) -> None:
    code = "".join(PAGE.split("## Cases")[1].split("## Measures")[0])
    names = {field.name for field in fields(kind)}
    assert {name for name in names if f"`{name}`" not in code and f'"{name}"' not in code} == set()


def test_format_and_counts_are_those_of_the_suite() -> None:
    cases = list(read_cases(ROOT / "assets" / "eval" / "cases.jsonl"))
    photos, turns = {case.picture for case in cases}, sum(len(case.turns) for case in cases)
    assert f"`{FORMAT}`" in PAGE
    assert f"{len(cases)} cases, {turns} turns, {len(photos)} photos" in PAGE
