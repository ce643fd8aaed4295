"""The learner behind its port, the session's and the command's way to it, and the graph editor after it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from PIL import Image  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from benchmarks.concepts import scene  # noqa: E402
from ggedit.backends.graph import placing  # noqa: E402
from ggedit.backends.graph.editor import GraphEditor  # noqa: E402
from ggedit.backends.scripted import ScriptedSegmenter  # noqa: E402
from ggedit.cli.main import app  # noqa: E402
from ggedit.config import load_settings  # noqa: E402
from ggedit.core.errors import BackendUnavailable, BadInput  # noqa: E402
from ggedit.core.events import EditProgress  # noqa: E402
from ggedit.core.geometry import Box  # noqa: E402
from ggedit.core.masks import Mask, Masks  # noqa: E402
from ggedit.core.plan import Move  # noqa: E402
from ggedit.core.result import StepOutcome  # noqa: E402
from ggedit.core.scene import Node, NodeKind, NodeStatus, SceneGraph  # noqa: E402
from ggedit.ports import EditJob, Partner  # noqa: E402
from ggedit.training.concept_subjects import head_noun, sentence_of, subjects_of  # noqa: E402
from ggedit.training.concepts import ConceptConfig  # noqa: E402
from ggedit.training.learner import LIST, ConceptLearner  # noqa: E402
from tests.tiny.fitted import FOLDER, word_tokenizer  # noqa: E402

SHORT = ConceptConfig(row_steps=1, lora_steps=1, crops=1, rank=2)


@pytest.fixture
def settings(monkeypatch, tmp_path):
    monkeypatch.setenv("GGEDIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GGEDIT_GRAPH_MODEL", str(FOLDER))
    monkeypatch.setenv("GGEDIT_GRAPH_STEPS", "4")
    return load_settings()


def photo():
    """A picture with a person, a cup, a background and a speck."""
    picture, (person, cup) = scene()
    speck = np.zeros(picture.extent.shape, bool)
    speck[3:6, 3:6] = True
    masks = {"person-1": person.mask, "cup-1": cup.mask, "wall-1": Mask.of(~speck), "fly-1": Mask.of(speck)}
    nodes = (
        Node("person-1", "person in a red shirt", person.mask.box, kind=NodeKind.ANIMATE, pose="standing"),
        Node("cup-1", "cup", cup.mask.box),
        Node("wall-1", "wall", kind=NodeKind.BACKGROUND),
        Node("fly-1", "fly", masks["fly-1"].box),
        Node("dog-1", "dog", status=NodeStatus.NOT_FOUND),
    )
    return picture, SceneGraph(nodes), Masks.build(masks)


def test_things_are_learned_the_background_never_and_what_cannot_be_is_said(settings, tmp_path):
    picture, graph, masks = photo()
    *events, learned = ConceptLearner(settings, SHORT).learn(picture, graph, masks, folder=tmp_path / "run", seed=0)
    assert isinstance(learned, SceneGraph)
    concepts = {node.id: node.concept for node in learned.nodes}
    assert concepts["person-1"].endswith("/<person-1>") and concepts["cup-1"].endswith("/<cup-1>")
    assert [id_ for id_, name in concepts.items() if name is None] == ["wall-1", "fly-1", "dog-1"]
    said = [e.message for e in events if isinstance(e, EditProgress) and e.message.endswith(".")]
    assert len(said) == 2 and "dog-1 was not found" in said[0] and "fly-1 is too small" in said[1]
    assert json.loads((tmp_path / "run" / LIST).read_text()) == {k: v for k, v in concepts.items() if v}
    again = list(ConceptLearner(settings, SHORT).learn(picture, graph, masks, folder=tmp_path / "run", seed=0))
    assert again[-1] == learned and not any("Learning" in getattr(e, "message", "") for e in again)


def test_a_learned_thing_is_moved_by_the_graph_editor(settings, tmp_path):
    picture, graph, masks = photo()
    *_, learned = ConceptLearner(settings, SHORT).learn(picture, graph, masks, folder=tmp_path, seed=0)
    step = Move(node="cup-1", box=Box(20, 40, 70, 100), concept=learned.node("cup-1").concept)
    editor = GraphEditor(settings, ScriptedSegmenter())
    *_, outcome = editor.edit(EditJob(picture, step, mask=masks["cup-1"], seed=1))
    assert isinstance(outcome, StepOutcome)
    assert ("looks", step.concept) in outcome.settings


def test_things_that_were_learned_apart_are_drawn_together_each_in_its_cells(settings, tmp_path, monkeypatch):
    picture, graph, masks = photo()
    learned = {}
    for id_ in ("cup-1", "person-1"):
        only = SceneGraph(tuple(node for node in graph.nodes if node.id == id_))
        *_, scene_of_one = ConceptLearner(settings, SHORT).learn(picture, only, masks, folder=tmp_path, seed=0)
        learned[id_] = scene_of_one.node(id_).concept
    drawn = []
    real = placing.draw

    def watched(network, timeline, wish, **how):
        drawn.append((wish.prompt.text, [gate.cells for gate in network.gates.values()]))
        return real(network, timeline, wish, **how)

    monkeypatch.setattr(placing, "draw", watched)
    step = Move(node="cup-1", box=Box(70, 40, 120, 100), concept=learned["cup-1"], prompt="a person beside a cup")
    partner = Partner("person", masks["person-1"], learned["person-1"])
    editor = GraphEditor(settings, ScriptedSegmenter())
    *_, outcome = editor.edit(EditJob(picture, step, mask=masks["cup-1"], partners=(partner,), seed=1))
    assert ("looks", f"{learned['cup-1']}, {learned['person-1']}") in outcome.settings
    ((text, (cup, person)),) = drawn
    assert text.startswith("a <person-1-") and " beside a <cup-1-" in text
    assert cup.any() and person.any() and not (cup & person).any()
    assert editor._network is not None and not editor._network.gates


@pytest.mark.parametrize(
    ("keep", "sentence"),
    [("fly-1", "too small"), ("dog-1", "not found"), ("wall-1", "nothing to learn")],
)
def test_what_cannot_be_learned_by_itself_is_refused(settings, tmp_path, keep, sentence):
    picture, graph, masks = photo()
    only = SceneGraph(tuple(node for node in graph.nodes if node.id == keep))
    with pytest.raises(BadInput, match=sentence):
        list(ConceptLearner(settings, SHORT).learn(picture, only, masks, folder=tmp_path, seed=0))


def test_a_thing_without_a_mask_is_refused():
    _, graph, masks = photo()
    subjects, sentences = subjects_of(graph, Masks.build({id_: masks[id_] for id_ in masks.ids if id_ != "cup-1"}))
    assert "cup-1" not in {s.node for s in subjects}
    assert sentences[0] == "cup-1 has no mask: click the thing or paint over it before it is learned."


def test_without_the_model(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("GGEDIT_GRAPH_MODEL", "nobody/nothing")
    picture, graph, masks = photo()
    with pytest.raises(BackendUnavailable, match="GGEDIT_GRAPH_MODEL"):
        list(ConceptLearner(load_settings(), SHORT).learn(picture, graph, masks, folder=tmp_path, seed=0))


def test_the_command_learns_from_masks(settings, tmp_path, monkeypatch):
    picture, _, masks = photo()
    monkeypatch.chdir(tmp_path)
    Image.fromarray(picture.pixels).save("photo.png")
    Image.fromarray(masks["cup-1"].full().astype(np.uint8) * 255).save("cup.png")
    sets = [part for pair in ("row_steps=1", "lora_steps=1", "crops=1") for part in ("--set", pair)]
    result = CliRunner().invoke(app, ["train", "concepts", "photo.png", "--mask", "cup=cup.png", *sets])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert list(told["concepts"]) == ["cup-1"]
    name, _, token = told["concepts"]["cup-1"].partition("/")
    assert token == "<cup-1>" and (Path(told["below"]) / name / "card.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Give the picture"),
        (("photo.png", "--mask", "cup"), "NAME=FILE"),
        (("photo.png", "--mask", "cup=small.png"), "size"),
        (("photo.png", "--out", "x"), "--out is not for concepts"),
    ],
    ids=["no picture", "no file", "another size", "another trainer's option"],
)
def test_the_command_says_what_is_wrong(settings, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (64, 64)).save("photo.png")
    Image.new("L", (8, 8), 255).save("small.png")
    result = CliRunner().invoke(app, ["train", "concepts", *arguments])
    assert result.exit_code != 0 and sentence in result.output + str(result.exception)


@pytest.mark.parametrize(
    ("label", "noun"),
    [
        ("man in a red shirt", "man"),
        ("blue t-shirt", "t-shirt"),
        ("potted plant", "plant"),
        ("cup", "cup"),
        ("", "thing"),
    ],
)
def test_head_nouns(label, noun):
    assert head_noun(label) == noun


def test_two_cups_are_two_tokens_and_prompts_keep_pose_and_looks_apart():
    mask = Mask.of(np.ones((9, 9), bool))
    nodes = tuple(Node(f"cup-{n}", "cup", mask.box, pose="lying on its side", caption="A red cup.") for n in (1, 2))
    subjects, _ = subjects_of(SceneGraph(nodes), Masks.build({"cup-1": mask, "cup-2": mask}))
    tokenizer = word_tokenizer()
    tokenizer.add_tokens([s.token for s in subjects])
    assert sentence_of(subjects[:1], tokenizer) == "a photo of a <cup-1> lying on its side. A red cup."
    both = sentence_of(subjects, tokenizer)
    assert both.startswith("a photo of a <cup-1> lying on its side and a <cup-2> lying on its side.")
