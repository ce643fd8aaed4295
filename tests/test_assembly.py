from dataclasses import replace

import pytest

from ggedit.assembly import Assembly, choose
from ggedit.config import load_settings
from ggedit.core.errors import BackendUnavailable, BadInput
from ggedit.core.turn import Tier
from ggedit.model_files import model_folder
from ggedit.registry import BackendSpec, all_specs, missing
from tests.builders import make_picture

SETTINGS = load_settings({})


def spec(name: str, tier: Tier, **more) -> BackendSpec:
    return BackendSpec(port="parser", name=name, target="ggedit.backends.scripted:ScriptedParser", tier=tier, **more)


FULL = spec("big", Tier.FULL, needs=("no_such_module",), extra="full")
WEIGHTS = spec("heavy", Tier.FULL, weights=("sam/none.pth",))
SMALL = spec("small", Tier.EMBEDDED)


def test_auto_takes_the_first_that_lacks_nothing_and_says_what_it_passed_over():
    row, why = choose("parser", SETTINGS, [FULL, WEIGHTS, SMALL])
    assert row is SMALL
    assert "big lacks the Python module no_such_module" in why
    assert 'pip install "ggedit[full]"' in why
    assert "ggedit models fetch heavy" in why


def test_a_backend_asked_for_by_name_is_never_swapped():
    with pytest.raises(BackendUnavailable, match=r'no_such_module: pip install "ggedit\[full\]"'):
        choose("parser", replace(SETTINGS, parser="big"), [FULL, SMALL])
    with pytest.raises(BackendUnavailable, match="no parser called 'huge'; there are: big, small"):
        choose("parser", replace(SETTINGS, parser="huge"), [FULL, SMALL])
    row, why = choose("parser", replace(SETTINGS, parser="small"), [FULL, SMALL])
    assert row is SMALL and "by name" in why


def test_the_full_tier_never_falls_back():
    with pytest.raises(BackendUnavailable, match="GGEDIT_TIER=full"):
        choose("parser", replace(SETTINGS, tier="full"), [FULL, SMALL])
    row, _ = choose("parser", replace(SETTINGS, tier="embedded"), [spec("ready", Tier.FULL), SMALL])
    assert row is SMALL


def test_doubles_are_taken_only_by_name():
    double = spec("scripted", Tier.TEST)
    with pytest.raises(BackendUnavailable):
        choose("parser", SETTINGS, [double])
    assert choose("parser", replace(SETTINGS, parser="scripted"), [double])[0] is double


def test_listing_backends_imports_none(monkeypatch):
    monkeypatch.setattr("ggedit.assembly.import_module", lambda name: pytest.fail(f"imported {name}"))
    rows = Assembly(SETTINGS).candidates()
    assert {row.spec.port for row in rows} >= {"parser", "detector", "segmenter", "editor", "planner"}
    assert all(row.spec.tier is not Tier.TEST for row in rows)


def test_first_party_rows_are_unique_and_complete():
    specs = all_specs()
    assert len({(s.port, s.name) for s in specs}) == len(specs)
    for s in specs:
        assert s.target.count(":") == 1


def test_missing_files_are_found_without_importing():
    (lack,) = missing(WEIGHTS, SETTINGS)
    assert "sam" in lack.what and lack.mend.startswith("ggedit models fetch")


def test_a_session_is_kept_and_resumed():
    names = ("parser", "detector", "segmenter", "describer", "planner", "editor", "store", "shelf")
    assembly = Assembly(replace(SETTINGS, **dict.fromkeys(names, "scripted")))
    session = assembly.session(make_picture())
    session.ask("remove the cup")
    list(session.run())
    session.accept()
    assert assembly.resume(session.id).picture.digest == session.picture.digest
    with pytest.raises(BadInput, match="no longer kept"):
        assembly.resume("nobody")


@pytest.mark.parametrize(
    ("environ", "words"),
    [({"GGEDIT_TIER": "huge"}, "auto, full or embedded"), ({"GGEDIT_PORT": "web"}, "GGEDIT_PORT is 'web'")],
)
def test_settings_that_cannot_be_read_name_their_variable(environ, words):
    with pytest.raises(BadInput, match=words):
        load_settings(environ)


def test_the_environment_is_stronger_than_the_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("GGEDIT_PORT=1\nGGEDIT_HOST=0.0.0.0\n")
    settings = load_settings({"GGEDIT_PORT": "2"}, file)
    assert (settings.port, settings.host) == (2, "0.0.0.0")


def test_a_model_is_a_folder_or_a_snapshot_in_the_cache(tmp_path):
    row = BackendSpec(
        port="detector", name="hf", target="ggedit.backends.scripted:ScriptedDetector", tier=Tier.FULL,
        model="detector_model",
    )  # fmt: skip
    settings = replace(SETTINGS, checkpoints=tmp_path / "c", hub_cache=tmp_path / "hub", detector_model="o/n")
    (lack,) = missing(row, settings)
    assert lack.what == "the model o/n" and "GGEDIT_DETECTOR_MODEL" in lack.mend
    snapshot = tmp_path / "hub" / "models--o--n" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    assert missing(row, settings), "an empty folder is no model"
    (snapshot / "model.safetensors").touch()
    assert missing(row, settings) == () and model_folder("o/n", settings) == snapshot
    assert missing(row, replace(settings, detector_model=str(tmp_path))) == ()


def test_a_key_that_is_not_set_is_missing_and_never_shown():
    row = BackendSpec(
        port="chat", name="openai", target="ggedit.backends.scripted:ScriptedChat", tier=Tier.FULL,
        keys=("openai_api_key",),
    )  # fmt: skip
    assert [lack.what for lack in missing(row, SETTINGS)] == ["OPENAI_API_KEY"]
    with_key = replace(SETTINGS, openai_api_key="sk-secret")
    assert missing(row, with_key) == () and "sk-secret" not in repr(with_key)


def test_a_backend_gets_the_ports_it_uses_and_lacks_what_they_lack():
    chat = BackendSpec(port="chat", name="talk", target="ggedit.backends.scripted:ScriptedChat", tier=Tier.FULL)
    llm = replace(spec("llm", Tier.FULL, uses=("chat",)), target="ggedit.backends.scripted:ScriptedParser")
    row, why = choose("parser", SETTINGS, [llm, SMALL])
    assert row is SMALL and "llm lacks a chat to use" in why
    assert choose("parser", SETTINGS, [llm, SMALL, chat])[0] is llm
    made = Assembly(SETTINGS, [replace(llm, target="tests.test_assembly:NeedsChat"), chat])
    assert made.backend("parser").use.chat is made.backend("chat").use


class NeedsChat:
    def __init__(self, settings, *, chat):
        self.chat = chat


def test_without_an_accelerator_a_heavy_backend_is_taken_only_by_name():
    heavy = spec("heavy", Tier.FULL, accelerated=True)
    on_cpu = replace(SETTINGS, device="cpu")
    row, why = choose("parser", on_cpu, [heavy, SMALL])
    assert row is SMALL and "heavy lacks a CUDA or MPS device" in why
    assert choose("parser", replace(on_cpu, parser="heavy"), [heavy, SMALL])[0] is heavy
    assert choose("parser", replace(SETTINGS, device="cuda"), [heavy, SMALL])[0] is heavy


def test_all_learned_measures_that_are_there_are_taken_and_the_others_say_why():
    def scorer(name, **more):
        target = "ggedit.backends.scripted:ScriptedScorer"
        return BackendSpec(port="scorer", name=name, target=target, tier=Tier.FULL, **more)

    rows = [scorer("here"), scorer("gone", needs=("no_such_module",))]
    use, not_run = Assembly(SETTINGS, rows).scorers()
    assert len(use) == 1
    assert [name for name, _ in not_run] == ["gone"] and "no_such_module" in not_run[0][1]
    assert Assembly(replace(SETTINGS, scorer="none"), rows).scorers() == ((), ())


@pytest.mark.parametrize(
    ("environ", "chosen"),
    [
        ({}, "rules"),
        ({"OPENAI_API_KEY": "sk-x"}, "llm"),
        ({"OPENAI_API_KEY": "sk-x", "GGEDIT_PLANNER": "rules"}, "rules"),
        ({"OPENAI_API_KEY": "sk-x", "GGEDIT_CHAT": "openai", "GGEDIT_TIER": "embedded"}, "rules"),
    ],
)
def test_with_a_key_a_language_model_plans_from_words(environ: dict[str, str], chosen: str):
    settings = load_settings(environ)
    assert choose("planner", settings, all_specs())[0].name == chosen


def test_a_key_alone_sends_no_picture_and_says_how_to_give_leave():
    row, why = choose("describer", load_settings({"OPENAI_API_KEY": "sk-x"}), all_specs())
    assert row.name == "geometry" and "GGEDIT_CHAT=openai" in why and "sk-x" not in why
    given = load_settings({"OPENAI_API_KEY": "sk-x", "GGEDIT_CHAT": "openai"})
    assert choose("describer", given, all_specs())[0].name == "llm"
