from __future__ import annotations

from pathlib import Path

import pytest

from ggedit.backends.classical.size import load_real_sizes
from ggedit.config import Settings
from ggedit.training.size_rows import (
    HELD_CATEGORIES,
    OTHER_NAMES,
    Split,
    held_categories,
    known_sizes,
    make_rows,
    read_rows,
    split_of,
    write_rows,
)


def test_rows_ask_only_for_held_out_nouns_beside_known_ones():
    sizes = {size.noun: size for size in load_real_sizes()}
    held = held_categories(sizes.values())
    rows = make_rows(list(sizes.values()))
    assert len(held) == HELD_CATEGORIES
    assert all(split_of(sizes[row.new], held) is row.split is not Split.TRAIN for row in rows)
    assert all(split_of(sizes[row.reference], held) is Split.TRAIN for row in rows)


def test_the_draw_is_repeatable_and_survives_the_file(tmp_path: Path):
    rows = make_rows(load_real_sizes()[:300])
    write_rows(tmp_path / "rows.csv", rows)
    assert read_rows(tmp_path / "rows.csv") == rows == make_rows(load_real_sizes()[:300])


def test_the_committed_rows_still_say_what_the_table_says():
    sizes = {size.noun: size for size in load_real_sizes()}
    rows = read_rows(Settings().checkpoints / "size" / "rows.csv")
    assert {row.split for row in rows} == {Split.NOUN, Split.CATEGORY}
    for row in rows:
        assert 2**row.width_log2 == pytest.approx(sizes[row.new].width_m / sizes[row.reference].width_m, rel=1e-3)


def test_a_measured_head_knows_neither_rows_nor_their_categories_nor_other_names():
    rows = read_rows(Settings().checkpoints / "size" / "rows.csv")
    sizes = {size.noun: size for size in load_real_sizes()}
    known = known_sizes(list(sizes.values()), rows)
    assert not {size.noun for size in known} & {row.new for row in rows}
    closed = {sizes[row.new].category for row in rows if row.split is Split.CATEGORY} | {OTHER_NAMES}
    assert len(closed) == HELD_CATEGORIES + 1 and not closed & {size.category for size in known}
    assert "bike" in sizes and "bike" not in {size.noun for size in known}
