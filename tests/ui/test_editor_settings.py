"""The generating editor's settings on the page: fields with help, letters, and what the last run used."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from ggedit.backends.scripted import scripted_kit
from ggedit.core.corrections import Tune
from ggedit.core.options import RANGES, EditOptions
from ggedit.core.turn import Tier
from ggedit.session import EditSession
from ggedit.ui.panels import letters
from ggedit.ui.views import editor_view
from ggedit.ui.views.editor import FIELDS, SAMPLERS
from tests.builders import make_picture


def session(tier: Tier = Tier.FULL) -> EditSession:
    kit = scripted_kit()
    made = EditSession(make_picture(), replace(kit, editor=replace(kit.editor, tier=tier, name="blended@1")))
    made.ask("remove the cup")
    return made


def test_every_number_has_a_label_a_help_text_and_its_range() -> None:
    view = editor_view(session())
    assert view is not None and {name for name, _, _ in FIELDS} == set(RANGES)
    for field in view["fields"]:
        assert field["help"].endswith(".") and field["label"]
        assert (field["min"], field["max"]) == RANGES[field["name"]]
        assert field["value"] is None


def test_where_nothing_draws_there_are_no_settings() -> None:
    assert editor_view(session(Tier.EMBEDDED)) is None
    assert editor_view(None) is None


def test_what_is_set_is_shown_and_what_ran_is_told() -> None:
    made = session()
    made.correct(Tune(EditOptions(steps=12, scheduler="ddim", safety=False)))
    list(made.run(ask_user=False))
    view = editor_view(made)
    assert view is not None
    assert {f["name"]: f["value"] for f in view["fields"] if f["value"] is not None} == {"steps": 12}
    assert view["scheduler"] == "ddim" in SAMPLERS and view["safety"] is False
    assert [row["editor"] for row in view["ran"]] == ["blended@1"]


def test_a_letter_carries_every_option_the_fields_have() -> None:
    names = set(letters.OptionFields.model_fields)
    assert names == set(EditOptions.__dataclass_fields__) - {"editor"}
    letter = letters.PlanLetter.model_validate(
        {"outbox": "abcdefgh", "edits": [{"n": 1, "kind": "tune", "options": {"steps": 9}}]}
    )
    (edit,) = letter.edits
    assert isinstance(edit, letters.Tune) and edit.options.steps == 9


@pytest.mark.parametrize(
    "options", [{"steps": "many"}, {"guidance": float("nan")}, {"model": "/etc"}], ids=["text", "nan", "model path"]
)
def test_what_is_no_option_is_not_taken(options: dict) -> None:
    with pytest.raises(ValidationError):
        letters.Tune.model_validate({"n": 1, "kind": "tune", "options": options})


def test_variants_are_drawn_together_unless_another_number_was_set() -> None:
    made = session()
    made.draw_together(3)
    assert made.draft.options.variants == 3
    own = session()
    own.correct(Tune(EditOptions(variants=2)))
    own.draw_together(4)
    assert own.draft.options.variants == 2
    embedded = session(Tier.EMBEDDED)
    embedded.draw_together(3)
    assert embedded.draft.options == EditOptions()
