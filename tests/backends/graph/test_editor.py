"""The whole graph editor on a tiny random pipeline: what changes, how often the network is asked, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from ggedit.backends.classical.segmenter import GrabCutSegmenter  # noqa: E402
from ggedit.backends.graph.editor import GraphEditor  # noqa: E402
from ggedit.backends.scripted import ScriptedSegmenter  # noqa: E402
from ggedit.config import Settings, load_settings  # noqa: E402
from ggedit.core.compositing import composite  # noqa: E402
from ggedit.core.errors import BackendUnavailable, BadInput, StageError  # noqa: E402
from ggedit.core.events import EditProgress  # noqa: E402
from ggedit.core.geometry import Box, Extent  # noqa: E402
from ggedit.core.masks import Mask  # noqa: E402
from ggedit.core.picture import Picture  # noqa: E402
from ggedit.core.plan import (  # noqa: E402
    Background,
    Duplicate,
    EditStep,
    Flip,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
)
from ggedit.core.result import StepOutcome  # noqa: E402
from ggedit.ports import EditJob, Partner, StageRun  # noqa: E402
from ggedit.stages.edit import allowed_region  # noqa: E402

EXTENT = Extent(150, 110)
CUP = Mask.of_box(Box(20, 30, 60, 80), EXTENT)
STEPS = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny.diffusion import stable_diffusion

    path = tmp_path_factory.mktemp("sd")
    stable_diffusion().save_pretrained(path)
    return path


def settings_of(folder: Path, **more: str) -> Settings:
    given = {"GGEDIT_GRAPH_MODEL": str(folder), "GGEDIT_DEVICE": "cpu", "GGEDIT_GRAPH_STEPS": str(STEPS)}
    return load_settings(given | more)


@pytest.fixture(scope="module")
def editor(folder: Path) -> GraphEditor:
    return GraphEditor(settings_of(folder), segmenter=ScriptedSegmenter())


def photo(seed: int = 0) -> Picture:
    smooth = np.random.default_rng(seed).integers(0, 256, (8, 10, 3), np.uint8)
    return Picture(np.kron(smooth, np.ones((14, 15, 1), np.uint8))[: EXTENT.height, : EXTENT.width])


def job_of(step: EditStep, mask: Mask | None = CUP, **more: Any) -> EditJob:
    return EditJob(photo(), step, mask=mask, seed=11, **more)


def run(editor: GraphEditor, job: EditJob) -> StepOutcome:
    *progress, outcome = editor.edit(job)
    assert all(isinstance(event, EditProgress) for event in progress)
    fractions = [event.fraction for event in progress if isinstance(event, EditProgress)]
    assert fractions == sorted(fractions) and fractions[-1] <= 1
    assert isinstance(outcome, StepOutcome)
    return outcome


STEPS_AND_MASKS: list[Any] = [
    pytest.param(Remove(node="cup-1"), CUP, id="remove"),
    pytest.param(Insert(box=Box(80, 20, 130, 90), label="lamp"), None, id="insert"),
    pytest.param(Replace(node="cup-1", label="lamp"), CUP, id="replace"),
    pytest.param(Move(node="cup-1", box=Box(85, 30, 125, 80)), CUP, id="move"),
    pytest.param(Restyle(node="cup-1", look="wooden"), CUP, id="adjust"),
]


@pytest.mark.parametrize(("step", "mask"), STEPS_AND_MASKS)
def test_something_changes_and_nothing_beyond_what_is_allowed(
    editor: GraphEditor, step: EditStep, mask: Mask | None
) -> None:
    job = job_of(step, mask)
    outcome = run(editor, job)
    pixels, changed = composite(job.picture.pixels, outcome.patches, None)
    differs = (pixels != job.picture.pixels).any(axis=2)
    assert differs.any() and not (differs & ~changed).any()
    allowed = allowed_region(job, outcome)
    assert allowed is not None and not (differs & ~allowed).any()
    assert dict(outcome.settings)["steps"] == str(STEPS)


@pytest.mark.parametrize(("step", "mask"), STEPS_AND_MASKS[:2])
def test_the_same_seed_gives_the_same_bytes_and_another_variant_others(
    editor: GraphEditor, step: EditStep, mask: Mask | None
) -> None:
    first, again, other = (run(editor, job_of(step, mask, variant=v)).patches for v in (0, 0, 1))
    assert np.array_equal(first[0].pixels, again[0].pixels)
    assert not np.array_equal(first[0].pixels, other[0].pixels)


def test_things_that_interact_are_drawn_together(editor: GraphEditor) -> None:
    step = Insert(box=Box(70, 10, 120, 60), label="rider", prompt="a rider on a horse", together=("horse-1",))
    horse = Partner("horse", Mask.of_box(Box(60, 50, 135, 100), EXTENT))
    job = job_of(step, None, partners=(horse,))
    network = editor._network
    before = network.rows if network is not None else 0
    outcome = run(editor, job)
    assert editor._network is not None
    assert editor._network.rows - before == 2 * (3 * 1 + 2 * 1 + 3)
    pixels, _ = composite(job.picture.pixels, outcome.patches, allowed_region(job, outcome))
    assert (pixels != job.picture.pixels).any(axis=2)[70:90, 70:125].any()


def rows_of(editor: GraphEditor, step: EditStep, mask: Mask | None) -> tuple[int, int]:
    """UNet calls and rows of one edit."""
    run(editor, job_of(step, mask))
    network = editor._network
    assert network is not None
    calls, rows = network.calls, network.rows
    run(editor, job_of(step, mask))
    return network.calls - calls, network.rows - rows


def test_a_removal_asks_as_often_as_planned(editor: GraphEditor) -> None:
    assert rows_of(editor, Remove(node="cup-1"), CUP) == (2 * STEPS, STEPS + STEPS * 3)


def test_an_insertion_asks_as_often_as_planned(editor: GraphEditor) -> None:
    """Two passes of two rows while attention is steered (2 of 5 steps), one after."""
    calls, rows = rows_of(editor, Insert(box=Box(80, 20, 130, 90), label="lamp"), None)
    assert (calls, rows) == (STEPS, 2 * (2 * 2 + 3))


def test_samples_are_rows_of_the_same_calls(folder: Path) -> None:
    many = GraphEditor(settings_of(folder, GGEDIT_GRAPH_SAMPLES="2"), segmenter=ScriptedSegmenter())
    assert rows_of(many, Remove(node="cup-1"), CUP) == (2 * STEPS, STEPS + STEPS * 5)


def test_a_thing_that_is_found_in_the_drawing_gives_its_own_outline(folder: Path) -> None:
    editor = GraphEditor(settings_of(folder), segmenter=GrabCutSegmenter(load_settings({})))
    outcome = run(editor, job_of(Insert(box=Box(60, 10, 140, 100), label="lamp"), None))
    assert outcome.moved is not None and outcome.moved.area > 0


@pytest.mark.parametrize(
    "step",
    [
        Resize(node="cup-1", factor=2),
        Flip(node="cup-1"),
        Duplicate(node="cup-1", box=Box(1, 1, 9, 9)),
        Background(look="fog"),
        Restyle(look="winter"),
        Restyle(node="cup-1", look="brighter"),
    ],
)
def test_what_it_would_only_redraw_is_refused_in_a_sentence(editor: GraphEditor, step: EditStep) -> None:
    refusal = editor.refuses(step)
    assert refusal is not None and refusal.sentence.endswith("Choose another editor for this step.")
    with pytest.raises(BadInput, match="Choose another editor"):
        list(editor.edit(job_of(step)))


def test_an_empty_mask_a_missing_model_and_a_missing_concept_are_said(editor: GraphEditor, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no mask"):
        list(editor.edit(job_of(Remove(node="cup-1"), None)))
    with pytest.raises(BackendUnavailable, match="GGEDIT_GRAPH_MODEL"):
        list(GraphEditor(settings_of(tmp_path / "none"), segmenter=ScriptedSegmenter()).edit(job_of(Remove(node="c"))))
    (tmp_path / "model_index.json").write_text("{}")
    with pytest.raises(BackendUnavailable, match="no Stable Diffusion pipeline"):
        list(GraphEditor(settings_of(tmp_path), segmenter=ScriptedSegmenter()).edit(job_of(Remove(node="c"))))
    with pytest.raises(BackendUnavailable, match="learn it again"):
        list(editor.edit(job_of(Move(node="cup-1", box=Box(85, 30, 125, 80), concept="x/<cup-1>"))))


def test_memory_is_given_back_and_taken_again(folder: Path) -> None:
    editor = GraphEditor(settings_of(folder), segmenter=ScriptedSegmenter())
    first = run(editor, job_of(Remove(node="cup-1")))
    editor.release()
    assert editor._network is None
    assert np.array_equal(first.patches[0].pixels, run(editor, job_of(Remove(node="cup-1"))).patches[0].pixels)


@pytest.mark.parametrize("failures", [1, 2], ids=["smaller it fits", "never"])
def test_out_of_memory_is_tried_once_more_with_one_sample_and_in_tiles(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    segmenter = ReleasableSegmenter()
    editor = GraphEditor(settings_of(folder, GGEDIT_GRAPH_SAMPLES="2"), segmenter=segmenter)
    network, rows = editor._loaded(), []
    predict = network.predict

    def short_of_memory(latents, *rest):
        rows.append(len(latents))
        if len(rows) <= failures:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return predict(latents, *rest)

    monkeypatch.setattr(network, "predict", short_of_memory)
    with StageRun().running() as note:
        if failures == 1:
            assert list(editor.edit(job_of(Remove(node="cup-1"))))[-1].patches
        else:
            with pytest.raises(StageError, match=r"2\.00 GiB more .* GGEDIT_LOW_MEMORY"):
                list(editor.edit(job_of(Remove(node="cup-1"))))
    assert network.vae.use_tiling and segmenter.released == 1
    assert note.notes == [
        "Editing this part ran out of memory and was done again with one sample and in tiles, which is slower."
    ]


class ReleasableSegmenter(ScriptedSegmenter):
    released = 0

    def release(self) -> None:
        self.released += 1


def test_closing_the_iterator_stops_within_a_step(editor: GraphEditor) -> None:
    work = editor.edit(job_of(Remove(node="cup-1")))
    next(work)
    next(work)
    assert editor._network is not None
    calls = editor._network.calls
    work.close()
    assert editor._network.calls == calls
    run(editor, job_of(Remove(node="cup-1")))
