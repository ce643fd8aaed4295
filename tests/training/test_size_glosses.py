from __future__ import annotations

from pathlib import Path

import pytest

from ggedit.core.errors import BadInput
from ggedit.training.size_glosses import KINDS, Glosses

_DATA = """\
  1 This software and database is being provided to you, the LICENSEE
00001740 03 n 01 entity 0 000 | that which exists
00002000 05 n 01 animal 0 001 @ 00001740 n 0000 | a living organism
00003000 05 n 02 flat_fish 0 flounder 1 002 ~ 00009999 n 0000 @ 00002000 n 0000 | a fish; swims flat; "it hid"
00004000 06 n 01 flat_fish 0 001 @i 00001740 n 0000 | a tool
00006000 18 n 01 Flat_Fish 0 001 @i 00001740 n 0000 | a famous singer
00005000 04 n 01 drumming 0 001 @ 00001740 n 0000 | the act of playing drums
"""
_INDEX = """\
  1 This software and database is being provided to you, the LICENSEE
entity n 1 0 1 1 00001740
animal n 1 1 @ 1 1 00002000
flat_fish n 4 1 @ 4 1 00006000 00005000 00003000 00004000
drumming n 1 1 @ 1 0 00005000
"""


@pytest.fixture
def glosses(tmp_path: Path) -> Glosses:
    (tmp_path / "data.noun").write_text(_DATA, encoding="utf-8")
    (tmp_path / "index.noun").write_text(_INDEX, encoding="utf-8")
    return Glosses(tmp_path)


def test_the_first_sense_that_is_a_thing_and_no_proper_name_is_told_without_its_examples(glosses: Glosses):
    assert glosses.described("flat fish") == "flat fish: a fish; swims flat"
    assert glosses.classed("flat fish") == "flat fish, animal, entity"


def test_kinds_are_explained_nearest_first(glosses: Glosses):
    assert glosses.explained("flat fish") == "flat fish; animal: a living organism"
    assert glosses.explained("zzyzx") == "zzyzx"


def test_a_compound_takes_its_last_word(glosses: Glosses):
    assert glosses.described("farm animal") == "farm animal: a living organism"
    assert glosses.classed("farm animal") == "farm animal, entity"


def test_a_noun_that_is_no_thing_still_has_a_gloss_and_an_unknown_one_only_its_name(glosses: Glosses):
    assert glosses.described("drumming") == "drumming: the act of playing drums"
    assert glosses.described("zzyzx") == glosses.classed("zzyzx") == "zzyzx"


def test_kinds_end_after_a_few(tmp_path: Path):
    data = "".join(f"{i:08d} 05 n 01 k{i} 0 001 @ {i + 1:08d} n 0000 | x\n" for i in range(20))
    (tmp_path / "data.noun").write_text(data + "00000020 05 n 01 top 0 000 | y\n", encoding="utf-8")
    (tmp_path / "index.noun").write_text("k0 n 1 0 1 1 00000000\n", encoding="utf-8")
    assert len(Glosses(tmp_path).classed("k0").split(", ")) == KINDS + 1


def test_a_folder_without_wordnet_names_the_fix(tmp_path: Path):
    with pytest.raises(BadInput, match="wordnet-base"):
        Glosses(tmp_path)
