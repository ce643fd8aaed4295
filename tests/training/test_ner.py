"""The trainer on a tiny random BERT in the real file format: it learns, resumes and reloads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from transformers import BertConfig, BertModel, BertTokenizerFast  # noqa: E402

from ggedit.backends.tagger import TaggerParser, predict, reconcile  # noqa: E402
from ggedit.config import load_settings  # noqa: E402
from ggedit.core.language import Clause, Context, EditVerb, Instruction, Referent  # noqa: E402
from ggedit.training.ner import NerConfig, Progress, Trained, train  # noqa: E402

SENTENCES = [
    (f"make the {noun} {colour}", noun) for noun in ("cup", "dog", "car") for colour in ("red", "blue", "black")
]
SENTENCES += [(f"make it {look}", "") for look in ("winter", "sunny", "old", "foggy", "dark", "bright")]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """A folder with a tiny encoder and a small published set."""
    folder = tmp_path_factory.mktemp("ner")
    words = sorted({w for s, _ in SENTENCES for w in s.split()})
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]))
    BertTokenizerFast(vocab_file=str(vocabulary)).save_pretrained(folder / "base")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder / "base")
    rows = [{"sentence": s + end, "target": t} for s, t in SENTENCES for end in ("", " .", " !", " please")]
    (folder / "targets.json").write_text(json.dumps(rows))
    return folder


def config_for(files: Path, out: Path, **changes) -> NerConfig:
    base = NerConfig(
        base=str(files / "base"), data=files / "targets.json", out=out, epochs=2, batch=16, grammar=20, dropout=0.1
    )
    return replace(base, **changes)


def adapter(out: Path) -> dict:
    from safetensors.torch import load_file

    return load_file(out / "adapter_model.safetensors")


def test_it_learns_and_leaves_adapter_card_and_curve(files, tmp_path):
    *steps, end = train(config_for(files, tmp_path, epochs=12, learning_rate=2e-2, grammar=0))
    assert isinstance(end, Trained) and isinstance(steps[0], Progress)
    assert steps[-1].loss < steps[0].loss / 2
    assert steps[-1].step == steps[-1].steps == len(steps)
    card = json.loads((tmp_path / "card.json").read_text())
    assert card["metrics"]["held_out_rows"] == end.rows > 0
    assert card["metrics"]["published_label_right"] == round(end.held_out, 4)
    assert {p.name for p in tmp_path.iterdir()} == {
        "adapter_config.json", "adapter_model.safetensors", "card.json", "loss.png"
    }  # fmt: skip


def test_a_resumed_run_equals_an_unbroken_one(files, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    list(train(config_for(files, whole, epochs=3)))
    work = train(config_for(files, broken, epochs=3))
    for progress in work:
        if isinstance(progress, Progress) and progress.step > 2 * progress.steps // 3:
            break
    work.close()
    assert (broken / "state.json").exists() and not (broken / "card.json").exists()
    list(train(config_for(files, broken, epochs=3)))
    one, two = adapter(whole), adapter(broken)
    assert one.keys() == two.keys()
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_the_parser_loads_what_was_trained(files, tmp_path):
    list(train(config_for(files, tmp_path / "ner")))
    parser = TaggerParser(load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path)}))
    (roles,) = parser.roles([("make", "the", "cup", "red")])
    assert len(roles) == 4
    assert all(0 <= score <= 1 for word in roles for score in word.values())
    assert parser.parse("remove the cup", Context()).clauses[0].verb is EditVerb.REMOVE


def test_padding_changes_no_score(files, tmp_path):
    list(train(config_for(files, tmp_path / "ner")))
    model, tokenizer = TaggerParser(load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path)}))._loaded
    short, long = ("make", "it", "dark"), ("make", "the", "cup", "red", "please", "make", "it", "dark")
    alone, beside = predict(model, tokenizer, [short])[0], predict(model, tokenizer, [short, long])[0]
    for a, b in zip(alone, beside, strict=True):
        assert a == pytest.approx(b, abs=1e-5)


def role(**given: float) -> dict[str, float]:
    return {"target": 0.0, "new": 0.0, "reference": 0.0, "attribute": 0.0, "direction": 0.0} | given


def test_the_rules_stand_where_they_found_a_thing():
    read = Instruction("x", (Clause(EditVerb.REMOVE, Referent("cup", "cup")),))
    assert reconcile(read, ("cup", "dog"), (role(), role(target=0.99))) is read


def test_a_sure_tag_answers_what_the_rules_could_not_read():
    read = Instruction("cup crimson now", questions=("What should be changed?",))
    mended = reconcile(read, ("cup", "crimson", "now"), (role(target=0.99), role(attribute=0.95), role()))
    (clause,) = mended.clauses
    assert (clause.verb, clause.target.head, clause.payload) == (EditVerb.RESTYLE, "cup", "crimson")
    assert mended.note and not mended.questions
    assert reconcile(read, ("cup",), (role(target=0.5),)) is read
