"""Learning concepts with a tiny fitted model: what changes, what does not, and that it can stop anywhere."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

from benchmarks.concepts import TINY, known, learn, measured, scene, unlearned  # noqa: E402
from ggedit.backends.graph.concepts import ADAPTER, CARD, CONFIG, FORMAT, ROWS, attached  # noqa: E402
from ggedit.config import load_settings  # noqa: E402
from ggedit.core.errors import BackendUnavailable, BadInput  # noqa: E402
from ggedit.training.concept_losses import Objective  # noqa: E402
from ggedit.training.concept_prior import make_pictures, read_pictures  # noqa: E402
from ggedit.training.concept_rows import taught  # noqa: E402
from ggedit.training.concept_state import STATE  # noqa: E402
from ggedit.training.concepts import ConceptConfig, Learned, Preparing, Wish, train  # noqa: E402
from ggedit.training.progress import Progress  # noqa: E402


def short(folder: Path, **changes) -> Wish:
    picture, subjects = scene()
    return Wish(picture, subjects, "tiny", folder / "classes", replace(TINY, row_steps=2, lora_steps=3, **changes))


def weights(network) -> dict[str, torch.Tensor]:
    parts = {"unet": network.unet, "text": network.text_encoder, "vae": network.vae}
    return {f"{k}.{n}": v.clone() for k, part in parts.items() for n, v in part.state_dict().items()}


def test_attention_loss_falls_by_half_and_masked_loss_by_a_fifth(fitted, tmp_path):
    """For one thing, which is a person; benchmarks/concepts.py has two at a time."""
    picture, (person, _) = scene()
    out = tmp_path / "concepts" / "set"
    learn(Wish(picture, (person,), "tiny", tmp_path, replace(TINY, row_steps=20, lora_steps=140)), out)
    figures = []
    for state in (None, out):
        network = fitted()
        with known(network, (person,), state) as (called,):
            figures.append(measured(network, picture, called, person))
    before, after = figures
    assert after.attention < 0.5 * before.attention
    assert after.masked < 0.8 * before.masked


def test_a_token_that_was_not_learned_is_as_it_was_while_the_concepts_are_attached(fitted, concept_set):
    wish, out = concept_set
    network, control = fitted(), unlearned(wish.subjects[0])
    figures = []
    for state in (None, out):
        with known(network, (control,), None), known(network, wish.subjects, state) as called:
            wrong = [measured(network, wish.picture, control, shown) for shown in wish.subjects]
            right = [
                measured(network, wish.picture, by, shown) for by, shown in zip(called, wish.subjects, strict=True)
            ]
        figures.append((wrong, right))
    (wrong_before, right_before), (wrong_after, right_after) = figures
    assert wrong_after == wrong_before
    assert all(a.attention < 0.5 * b.attention for a, b in zip(right_after, right_before, strict=True))


def test_every_thing_has_its_row_people_too_and_nothing_else_changes(fitted, tmp_path):
    network = fitted()
    before, matrix = weights(network), network.text_encoder.get_input_embeddings().weight.clone()
    wish = short(tmp_path)
    events = list(train(network, wish, tmp_path / "set"))
    assert isinstance(events[-1], Learned) and dict(events[-1].tokens) == {"person-1": "<person-1>", "cup-1": "<cup-1>"}
    assert [e.step for e in events if isinstance(e, Progress)] == [1, 2, 3, 4, 5]
    rows = load_file(tmp_path / "set" / ROWS)
    for subject in wish.subjects:
        pieces = network.tokenizer(subject.noun, add_special_tokens=False).input_ids
        first = matrix[pieces].mean(0)
        assert not torch.equal(rows[subject.token], first), "each token was learned"
        assert (rows[subject.token] - first).abs().max() < 1, "and began at its noun"
    assert len(network.tokenizer("person", add_special_tokens=False).input_ids) == 2, "the mean of several pieces"
    after = weights(network)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_what_is_kept_is_small_and_complete(concept_set):
    _, out = concept_set
    assert {p.name for p in out.iterdir()} == {ROWS, ADAPTER, CONFIG, CARD, "loss.png"}
    assert sum(p.stat().st_size for p in out.glob("*.safetensors")) < 2**20
    card = json.loads((out / CARD).read_text())
    assert card["tokens"]["<person-1>"]["sentence"] == "a photo of a <person-1> standing."
    assert card["steps"] == {"rows": 20, "rows_and_lora": 30}


def home_of(out: Path):
    return load_settings({"GGEDIT_HOME": str(out.parent.parent)})


def test_saved_and_loaded_gives_the_same_output(fitted, tmp_path):
    """The network at the end of learning against another one with the files."""
    one, two, wish = fitted(), fitted(), short(tmp_path, lora_rate=0.05)
    out = tmp_path / "concepts" / wish.name
    latents = torch.randn(2, 4, 32, 32, generator=torch.Generator().manual_seed(0))
    before = two.predict(latents, 500, two.words(["a photo of a <cup-1>", "a photo of a cup"]))
    for event in train(one, wish, out):
        if isinstance(event, Progress) and event.step == event.steps:
            one.forget_words()
            wanted = one.predict(latents, 500, one.words(["a photo of a <cup-1>", "a photo of a cup"]))
    plain = two.predict(latents, 500, two.words(["a cup", "a photo of a cup"]))
    with attached(two, home_of(out), [f"{wish.name}/<cup-1>"]) as concepts:
        token = concepts[f"{wish.name}/<cup-1>"].token
        found = two.predict(latents, 500, two.words([f"a photo of a {token}", "a photo of a cup"]))
    assert torch.allclose(found, wanted, atol=1e-5)
    assert not torch.allclose(found[0], before[0], atol=1e-2)
    assert torch.equal(found[1], before[1]), "a prompt without the token"
    assert torch.equal(two.predict(latents, 500, two.words(["a cup", "a photo of a cup"])), plain), "without a trace"


def test_concepts_of_several_sets_are_known_by_their_own_tokens(fitted, concept_set, tmp_path):
    """The second set is the first under another name: both have a ``<cup-1>``."""
    _, out = concept_set
    home = tmp_path / "home"
    for name in ("one", "two"):
        shutil.copytree(out, home / "concepts" / name)
    network, settings = fitted(), load_settings({"GGEDIT_HOME": str(home)})
    latents = torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(0))
    with attached(network, settings, ["one/<cup-1>"]) as concepts:
        alone = concepts["one/<cup-1>"].token
        wanted = network.predict(latents, 500, network.words([f"a {alone}"]))
    with attached(network, settings, ["one/<cup-1>", "two/<cup-1>", "two/<person-1>"]) as concepts:
        assert len({known.token for known in concepts.values()}) == 3
        assert concepts["two/<cup-1>"].gate is concepts["two/<person-1>"].gate is not concepts["one/<cup-1>"].gate
        other = concepts["two/<cup-1>"].token
        beside, same = (network.predict(latents, 500, network.words([f"a {token}"])) for token in (alone, other))
        both = network.predict(latents, 500, network.words([f"a {alone} and a {other}"]))
    assert torch.equal(beside, wanted), "the other set does nothing to a prompt that does not name it"
    assert torch.allclose(same, wanted, atol=1e-6), "and either set works"
    assert not torch.allclose(both, wanted, atol=1e-2)
    assert not network.gates


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        ({}, "an earlier version of ggedit: learn it again"),
        ({"format": FORMAT + 1}, "a later version of ggedit"),
        ([], "cannot be read"),
    ],
    ids=["before there were gates", "newer", "no card"],
)
def test_sets_of_other_formats_are_refused_in_a_sentence(fitted, concept_set, tmp_path, card, sentence):
    _, out = concept_set
    folder = tmp_path / "concepts" / "old"
    shutil.copytree(out, folder)
    (folder / CARD).write_text(json.dumps(card))
    network = fitted()
    with pytest.raises(BackendUnavailable, match=sentence), attached(network, home_of(folder), ["old/<cup-1>"]):
        pass
    assert not network.gates


@pytest.mark.parametrize("stop_at", [1, 2, 4], ids=["in phase 1", "between the phases", "in phase 2"])
def test_a_resumed_run_equals_an_unbroken_one(fitted, tmp_path, stop_at):
    wish = short(tmp_path)
    list(train(fitted(), wish, tmp_path / "whole"))
    work = train(fitted(), wish, tmp_path / "broken")
    for event in work:
        if isinstance(event, Progress) and event.step == stop_at:
            break
    work.close()
    assert (tmp_path / "broken" / STATE).is_file() and not (tmp_path / "broken" / CARD).exists()
    events = list(train(fitted(), wish, tmp_path / "broken"))
    assert sum(isinstance(e, Progress) for e in events) == 5 - stop_at
    for name in (ROWS, ADAPTER, CARD, CONFIG):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "broken" / name).read_bytes(), name


def test_another_runs_state_is_refused(fitted, tmp_path):
    work = train(fitted(), short(tmp_path), tmp_path / "set")
    next(e for e in work if isinstance(e, Progress))
    work.close()
    with pytest.raises(BadInput, match="something else"):
        list(train(fitted(), short(tmp_path, seed=1), tmp_path / "set"))


def test_checkpointing_and_flips_run_and_checkpointing_changes_nothing(fitted, tmp_path):
    for name, more in (("plain", {}), ("lean", {"checkpointing": 1}), ("flipped", {"flips": 1})):
        list(train(fitted(), short(tmp_path, **more), tmp_path / name))
    plain, lean, flipped = (load_file(tmp_path / name / ADAPTER) for name in ("plain", "lean", "flipped"))
    assert all(torch.allclose(plain[k], lean[k], atol=1e-4) for k in plain)
    assert any(not torch.equal(plain[k], flipped[k]) for k in plain)


def test_class_pictures_are_drawn_once_for_each_kind_and_a_broken_run_goes_on(fitted, tmp_path, monkeypatch):
    drawn = []
    real = __import__("ggedit.training.concept_prior", fromlist=["drawn"]).drawn
    monkeypatch.setattr(
        "ggedit.training.concept_prior.drawn",
        lambda network, prompt, *, seed: drawn.append(prompt) or real(network, prompt, seed=seed, steps=2),
    )
    network = fitted()
    work = make_pictures(network, ["cup", "person", "cup"], tmp_path, count=2, seed=0)
    assert next(work) == (1, 4)
    work.close()
    assert list(make_pictures(network, ["cup", "person", "cup"], tmp_path, count=2, seed=0))[-1] == (4, 4)
    assert drawn == ["a photo of a cup"] * 2 + ["a photo of a person"] * 2
    prior = read_pictures(network, ["cup", "person"], tmp_path)
    assert {noun: len(found) for noun, found in prior.latents.items()} == {"cup": 2, "person": 2}
    with pytest.raises(BadInput, match="no pictures of a dog"):
        read_pictures(network, ["dog"], tmp_path)
    wish = short(tmp_path, class_folder=str(tmp_path))
    assert isinstance(list(train(network, wish, tmp_path / "set"))[-1], Learned)
    events = list(train(fitted(), short(tmp_path, class_pictures=1), tmp_path / "drawn"))
    assert [e.of for e in events if isinstance(e, Preparing) and "same kind" in e.message] == [2, 2]


def test_class_pictures_are_learned_with_the_adapter_open(fitted, concept_set, tmp_path):
    """Their own prompts are safe without: what they keep is how other things look beside a concept."""
    wish, out = concept_set
    pixels = wish.picture.pixels
    (tmp_path / "cup").mkdir()
    Image.fromarray(pixels[:, pixels.shape[1] // 2 :]).save(tmp_path / "cup" / "a.png")
    found = []
    for state in (None, out):
        network = fitted()
        with known(network, wish.subjects, state), torch.no_grad():
            classes = read_pictures(network, ["cup"], tmp_path)
            objective = Objective(network, wish.subjects, attention=1.0, prior=1.0, classes=classes)
            loss = objective.class_loss("cup", 300, torch.Generator().manual_seed(0))
            latents = torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(0))
            found.append((float(loss), network.predict(latents, 300, network.words(["a photo of a cup"]))))
    (before, plain), (after, same) = found
    assert torch.equal(plain, same)
    assert abs(after - before) > 0.01 * before


@pytest.mark.parametrize(
    ("things", "steps"), [(1, (300, 300)), (2, (400, 400)), (3, (500, 500)), (4, (600, 600)), (9, (600, 600))]
)
def test_steps_by_the_number_of_things(things, steps):
    assert ConceptConfig().phases(things) == steps
    assert ConceptConfig(row_steps=7).phases(things) == (7, steps[1])


def test_nothing_to_learn(fitted, tmp_path):
    with pytest.raises(BadInput, match="nothing to learn"):
        list(train(fitted(), replace(short(tmp_path), subjects=()), tmp_path / "set"))
    with pytest.raises(BadInput, match="rank is 0"):
        ConceptConfig(rank=0)


def test_a_token_that_the_tokenizer_knows_gets_its_row_all_the_same(fitted):
    network, (_, subjects) = fitted(), scene()
    network.tokenizer.add_tokens(["<cup-1>"])
    with taught(network.text_encoder, network.tokenizer, subjects) as embedding:
        ids = network.tokenizer("a <cup-1>", add_special_tokens=False, return_tensors="pt").input_ids
        assert torch.equal(embedding(ids)[0, 1], embedding.rows[1])
        assert torch.equal(embedding(ids)[0, 0], embedding.base.weight[ids[0, 0]])


@pytest.mark.parametrize("name", ["../../etc", "a/b/<cup-1>", "", "no-such-set"])
def test_names_of_concepts_stay_in_their_folder(fitted, name, tmp_path):
    settings = load_settings({"GGEDIT_HOME": str(tmp_path)})
    concept = name if name.endswith(">") else f"{name}/<cup-1>"
    with pytest.raises(BackendUnavailable, match="learn"), attached(fitted(), settings, [concept]):
        pass
