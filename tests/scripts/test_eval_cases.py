from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from ggedit.evaluation.cases import open_case_mask, open_case_picture, read_cases
from tests.pictures import PictureMissing, find

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "assets" / "eval"
VERBS = "insert remove replace restyle move resize flip duplicate relate background whole".split()
KINDS = "plural ordinal relative superlative pronoun two-turn two-clause graph drift".split()


def test_the_suite_has_sixty_cases_of_every_kind() -> None:
    cases = list(read_cases(SUITE / "cases.jsonl"))
    tags = Counter(tag for case in cases for tag in case.tags)
    assert len(cases) == 60
    assert len({case.picture for case in cases}) >= 10
    assert [kind for kind in VERBS + KINDS if not tags[kind]] == []
    assert [len(case.turns) for case in cases if "drift" in case.tags] == [10, 10, 10]


def test_every_mask_fits_its_picture_and_fills_its_box() -> None:
    for case in read_cases(SUITE / "cases.jsonl"):
        extent = open_case_picture(case.picture).extent
        for target in (target for turn in case.turns for target in turn.targets):
            assert target.mask is not None
            assert open_case_mask(target.mask, extent).box == target.box, (case.id, target.mask.name)


def test_the_script_writes_the_suite_that_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for name in ("dog", "coffee", "flower"):
            find(name)
    except PictureMissing as missing:
        pytest.skip(str(missing))
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr(sys, "argv", ["eval_cases.py", "--out", str(tmp_path)])
    from eval_cases import main  # type: ignore[import-not-found]

    main()
    made = [path.relative_to(tmp_path) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(made) > 40
    assert [str(name) for name in made if _content(tmp_path / name) != _content(SUITE / name)] == []


def _content(file: Path) -> bytes:
    """A mask's pixels, since PNG encoders differ in their bytes; of other files the bytes."""
    if file.parent.name == "masks":
        return open_case_picture(file).pixels.tobytes()
    return file.read_bytes()
