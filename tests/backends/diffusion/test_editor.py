"""The editor as the stage sees it: patches that leave every other pixel alone."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from ggedit.backends.diffusion.drawing import REFUSED
from ggedit.backends.diffusion.editor import BlendedEditor
from ggedit.config import Settings
from ggedit.core.compositing import composite
from ggedit.core.detections import Detections
from ggedit.core.errors import BackendUnavailable, BadInput, StageError
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask, grow
from ggedit.core.options import EditOptions
from ggedit.core.picture import Picture, decode_picture, encode_picture
from ggedit.core.plan import Background, EditStep, Insert, Remove, Replace, Restyle, grow_px_of
from ggedit.core.result import StepOutcome
from ggedit.ports import EditJob, StageRun
from tests.backends.diffusion.conftest import make_pixels

STEP = Restyle(node="cup-1", look="wooden", prompt="make it wooden", grow_px=2, feather_px=2)
EXTENT = Extent(160, 120)
MASK = Mask.of_box(Box(60, 40, 90, 80), EXTENT)


@pytest.fixture(scope="module")
def editor(settings_for: Callable[..., Settings]) -> BlendedEditor:
    return BlendedEditor(settings_for())


def make_job(step: EditStep = STEP, mask: Mask | None = MASK, **more: object) -> EditJob:
    return EditJob(picture=Picture(make_pixels(160, 120)), step=step, mask=mask, **more)  # type: ignore[arg-type]


def outcome_of(editor: BlendedEditor, job: EditJob) -> StepOutcome:
    *_, outcome = editor.edit(job)
    assert isinstance(outcome, StepOutcome)
    return outcome


def edited(editor: BlendedEditor, job: EditJob) -> np.ndarray:
    return composite(job.picture.pixels, outcome_of(editor, job).patches, None)[0]


def random_case(seed: int) -> tuple[Picture, Mask]:
    """A noise picture between 65x49 and some 900x700 with a mask of boxes, lines and dots."""
    rng = np.random.default_rng(seed)
    width, height = int(rng.integers(65, 900)), int(rng.integers(49, 700))
    alpha = rng.integers(0, 256, (height, width), np.uint8) if seed % 2 else None
    full = np.zeros((height, width), np.bool_)
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        wide, high = (int(v) for v in (rng.integers(1, width // 2), rng.integers(1, height // 2)))
        full[y : y + (1 if seed % 5 == 0 else high), x : x + wide] = True
    return Picture(make_pixels(width, height, seed), alpha), Mask.of(full)


def check_nothing_else_changed(editor: BlendedEditor, picture: Picture, mask: Mask) -> None:
    job = EditJob(picture=picture, step=STEP, mask=mask, seed=1, options=EditOptions(steps=1))
    band = grow(mask.full(), 4)
    after = edited(editor, job)
    differs = (after != picture.pixels).any(axis=2)
    assert not (differs & ~band).any()
    assert differs[mask.full()].mean() > 0.9


@pytest.mark.parametrize("seed", range(14))
def test_no_pixel_outside_the_band_changes(editor: BlendedEditor, seed: int) -> None:
    check_nothing_else_changed(editor, *random_case(seed))


@pytest.mark.parametrize(
    ("extent", "box"),
    [(Extent(65, 49), Box(0, 0, 65, 2)), (Extent(4000, 3000), Box(3100, 2000, 4000, 3000))],
    ids=["65x49", "4000x3000"],
)
def test_neither_in_the_smallest_nor_in_a_large_picture(editor: BlendedEditor, extent: Extent, box: Box) -> None:
    picture = Picture(make_pixels(*extent), make_pixels(*extent)[..., 0])
    check_nothing_else_changed(editor, picture, Mask.of_box(box, extent))


def test_ten_turns_in_a_row_leave_size_alpha_profile_and_exif(editor: BlendedEditor) -> None:
    alpha = make_pixels(160, 120, 3)[..., 0]
    image = Image.fromarray(np.dstack([make_pixels(160, 120), alpha]), "RGBA")
    exif = image.getexif()
    exif[0x010E] = "a cup"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = Picture(make_pixels(160, 120), alpha, profile, exif.tobytes())
    picture = source
    for turn in range(10):
        job = EditJob(picture=picture, step=STEP, mask=MASK, seed=turn, options=EditOptions(steps=1))
        picture = picture.with_pixels(edited(editor, job))
    outside = ~grow(MASK.full(), 4)
    np.testing.assert_array_equal(picture.pixels[outside], source.pixels[outside])
    saved, _ = decode_picture(encode_picture(picture))
    assert saved.extent == source.extent and saved.icc == profile and saved.exif == source.exif
    assert saved.alpha is not None
    np.testing.assert_array_equal(saved.alpha, alpha)


@pytest.mark.parametrize("family", ["instruct", "inpaint", "kontext"])
@pytest.mark.parametrize(
    ("step", "mask"),
    [
        (Remove(node="cup-1", negative="cup"), MASK),
        (Insert(box=Box(20, 30, 60, 70), label="red ball", strength=0.5), None),
        (Replace(node="cup-1", label="vase", negative="cup"), MASK),
        (Restyle(look="a watercolour"), None),
        (Background(look="a beach", keep=("cup-1",)), MASK),
    ],
    ids=["remove", "insert", "replace", "restyle all", "background"],
)
def test_every_kind_of_step_in_every_family(
    settings_for: Callable[..., Settings], shared: dict[str, BlendedEditor], family: str, step: EditStep, mask: Mask
) -> None:
    editor = shared.setdefault(family, BlendedEditor(settings_for(family)))
    job = make_job(step, mask, seed=3)
    after, before = edited(editor, job), job.picture.pixels
    differs = (after != before).any(axis=2)
    may = np.ones(EXTENT.shape, np.bool_)
    if isinstance(step, Background):
        may = ~MASK.full()
    elif mask is not None or isinstance(step, Insert):
        may = (mask or Mask.of_box(step.box, EXTENT)).full()  # type: ignore[union-attr]
    assert differs[may].mean() > 0.9
    assert not differs[~grow(may, grow_px_of(step, EXTENT) + step.feather_px)].any()


@pytest.fixture(scope="module")
def shared() -> dict[str, BlendedEditor]:
    return {}


def test_one_seed_repeats_and_two_differ(editor: BlendedEditor) -> None:
    first, again, other = (edited(editor, make_job(seed=seed, options=EditOptions(steps=3))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_fresh_editor_repeats_what_another_drew(editor: BlendedEditor, settings_for: Callable[..., Settings]) -> None:
    np.testing.assert_array_equal(
        edited(editor, make_job(seed=5)), edited(BlendedEditor(settings_for()), make_job(seed=5))
    )


@pytest.mark.parametrize("mask", [None, Mask.of(np.zeros(EXTENT.shape, np.bool_))], ids=["none", "empty"])
def test_an_empty_mask_is_refused_before_any_work(settings_for: Callable[..., Settings], mask: Mask | None) -> None:
    editor = BlendedEditor(settings_for())
    with pytest.raises(BadInput, match="click the object or paint over it"):
        next(iter(editor.edit(make_job(Remove(node="cup-1"), mask))))
    assert editor._engine is None


def test_progress_tells_the_step_and_shows_a_preview(editor: BlendedEditor) -> None:
    job = make_job(seed=11, options=EditOptions(steps=4))
    progress = [event for event in editor.edit(job) if isinstance(event, EditProgress)]
    assert [event.message for event in progress] == [f"Step {n} of 4" for n in range(1, 5)]
    assert [event.fraction for event in progress] == [0.25, 0.5, 0.75, 1.0]
    assert progress[0].preview is not None and progress[0].preview.dtype == np.uint8


@pytest.mark.parametrize("listened", [1, 3])
def test_closing_cancels_within_one_step(settings_for: Callable[..., Settings], listened: int) -> None:
    editor, passes = BlendedEditor(settings_for()), []
    editor._loaded().family.pipeline.unet.register_forward_hook(lambda *_: passes.append(1))
    work = editor.edit(make_job(options=EditOptions(steps=50)))
    for _ in range(listened):
        next(work)
    work.close()  # type: ignore[attr-defined]
    assert len(passes) <= listened + 1
    assert not [thread for thread in threading.enumerate() if thread.name == "ggedit-model"]
    assert (edited(editor, make_job()) != make_job().picture.pixels).any()


class Finds:
    """A detector that finds the thing only in pictures of which ``believes`` says so."""

    def __init__(self, believes: Callable[[np.ndarray], float]) -> None:
        self.believes = believes
        self.asked: list[str] = []

    def find(self, picture, referents) -> Detections:
        self.asked.append(referents[0].phrase)
        shift = 40 * (1 - self.believes(picture.pixels))
        box = MASK.box.shifted(shift, 0).clipped(picture.extent)
        return Detections.build(extent=picture.extent, xyxy=[box.xyxy], score=[0.9], phrases=["vase"])

    def scan(self, picture) -> Detections:
        raise AssertionError("not asked for")


def test_variants_are_drawn_in_one_batch_and_ranked(settings_for: Callable[..., Settings]) -> None:
    """The n-th variant is the n-th best by the sum of what was measured."""
    detector = Finds(lambda pixels: float(pixels[MASK.rows, MASK.columns].mean()) / 255)
    editor, batches = BlendedEditor(settings_for(), detector), []
    editor._loaded().family.pipeline.unet.register_forward_hook(lambda *call: batches.append(call[1][0].shape[0]))
    step, options = Replace(node="cup-1", label="vase", negative="cup"), EditOptions(variants=3)
    outcomes = [outcome_of(editor, make_job(step, seed=2, variant=n, options=options)) for n in range(3)]
    assert batches == [9, 9], "three rows of guidance for three variants, two steps, once for all"
    assert detector.asked == ["vase"] * 3
    totals = [total_of(outcome) for outcome in outcomes]
    assert totals == sorted(totals, reverse=True)
    seeds = {dict(outcome.settings)["drawn with seed"] for outcome in outcomes}
    assert len(seeds) == 3


def total_of(outcome: StepOutcome) -> float:
    words = dict(outcome.settings)["measured"].replace(",", "").split()
    agreement, seam, background = (float(word) for word in words[1::2])
    return agreement - 2 * seam - background


def test_a_detector_that_finds_the_thing_decides(settings_for: Callable[..., Settings]) -> None:
    step, options = Replace(node="cup-1", label="vase", negative="cup"), EditOptions(variants=3)
    blind = BlendedEditor(settings_for())
    last = outcome_of(blind, make_job(step, seed=2, variant=2, options=options))
    wanted = last.patches[0].pixels.mean()
    inside = Mask.of_box(Box(60, 40, 90, 80), EXTENT)
    brightness = edited(blind, make_job(step, seed=2, variant=2, options=options))[inside.rows, inside.columns].mean()
    sees = Finds(lambda pixels: float(pixels[MASK.rows, MASK.columns].mean() == brightness))
    first = outcome_of(BlendedEditor(settings_for(), sees), make_job(step, seed=2, options=options))
    assert first.patches[0].pixels.mean() == wanted


def test_a_variant_is_the_same_alone_and_in_a_batch(settings_for: Callable[..., Settings]) -> None:
    editor = BlendedEditor(settings_for())
    many = outcome_of(editor, make_job(seed=2, options=EditOptions(variants=3)))
    seed = int(dict(many.settings)["drawn with seed"])
    alone = outcome_of(editor, make_job(seed=seed))
    apart = np.abs(many.patches[0].pixels.astype(int) - alone.patches[0].pixels)
    assert apart.max() <= 1


def test_the_report_holds_every_setting(editor: BlendedEditor) -> None:
    options = EditOptions(steps=3, guidance=5.0, image_guidance=1.2, blend_start=0.5, scheduler="ddim", guidance_to=0.8)
    facts = dict(outcome_of(editor, make_job(options=options, seed=9)).settings)
    assert facts.pop("measured").startswith("agreement 0.50, seam ")
    assert facts == {
        "model": "instruct", "steps": "3", "guidance": "5", "image guidance": "1.2", "guidance from": "0",
        "guidance to": "0.8", "blend start": "0.5", "scheduler": "DDIM", "variants": "1", "safety": "on",
        "strength": "1", "feather": "2 px", "drawn with seed": "9",
    }  # fmt: skip


def test_a_refused_picture_says_so_and_keeps_the_original(
    settings_for: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = BlendedEditor(settings_for("checked"))
    checker = editor._loaded().family.pipeline.safety_checker
    monkeypatch.setattr(checker, "forward", lambda images, clip_input: (images * 0, [True] * len(images)))
    refused = outcome_of(editor, make_job(seed=1))
    assert refused.patches == () and refused.warnings == (REFUSED,)
    switched_off = outcome_of(editor, make_job(seed=1, options=EditOptions(safety=False)))
    assert switched_off.patches and switched_off.warnings == ()
    assert editor._loaded().family.pipeline.safety_checker is checker


def test_of_a_batch_refused_pictures_come_last(
    settings_for: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = BlendedEditor(settings_for("checked"))
    checker = editor._loaded().family.pipeline.safety_checker
    monkeypatch.setattr(checker, "forward", lambda images, clip_input: (images, [True, False]))
    options = EditOptions(variants=2)
    assert outcome_of(editor, make_job(seed=1, options=options)).patches
    assert outcome_of(editor, make_job(seed=1, variant=1, options=options)).warnings == (REFUSED,)


def test_low_memory_works_in_tiles_and_slices_and_still_changes_nothing_else(
    settings_for: Callable[..., Settings],
) -> None:
    sparing = BlendedEditor(settings_for(low_memory=True))
    job = make_job(seed=4)
    differs = (edited(sparing, job) != job.picture.pixels).any(axis=2)
    assert differs[MASK.full()].mean() > 0.9 and not differs[~grow(MASK.full(), 4)].any()
    pipe = sparing._loaded().family.pipeline
    assert pipe.vae.use_tiling and pipe.vae.use_slicing
    assert {type(p).__name__ for p in pipe.unet.attn_processors.values()} == {"SlicedAttnProcessor"}


@pytest.mark.parametrize("variants", [1, 2], ids=["one", "a batch"])
def test_out_of_memory_once_is_done_in_tiles_and_slices_and_noted(
    settings_for: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, variants: int
) -> None:
    editor = BlendedEditor(settings_for())
    engine, batches = editor._loaded(), []
    draw = engine.draw

    def short_of_memory(task, report):
        batches.append(len(task.seeds))
        if len(batches) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return draw(task, report)

    monkeypatch.setattr(engine, "draw", short_of_memory)
    job = make_job(seed=4, options=EditOptions(variants=variants))
    with StageRun().running() as run:
        differs = (edited(editor, job) != job.picture.pixels).any(axis=2)
    assert batches == [variants, *[1] * variants]
    assert run.notes == [
        "Editing this part ran out of memory and was done again one by one, in tiles and slices, which is slower."
    ]
    assert engine.family.pipeline.vae.use_tiling and engine.family.pipeline.vae.use_slicing
    assert differs[MASK.full()].mean() > 0.9 and not differs[~grow(MASK.full(), 4)].any()


def test_out_of_memory_twice_is_a_sentence_with_the_figure_and_the_next_edit_works(
    settings_for: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = BlendedEditor(settings_for())

    def never(task, report):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 ...")

    with monkeypatch.context() as short:
        short.setattr(editor._loaded(), "draw", never)
        with pytest.raises(StageError, match=r"2\.00 GiB more .* GGEDIT_LOW_MEMORY"):
            list(editor.edit(make_job(seed=4)))
    assert outcome_of(editor, make_job(seed=4)).patches


@pytest.mark.parametrize("failures", [1, 2], ids=["part by part it fits", "never"])
def test_a_model_that_does_not_fit_on_the_device_is_brought_part_by_part(
    settings_for: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    from ggedit.backends.diffusion import loading

    asked: list[bool] = []
    settle = loading.settle

    def short_of_memory(pipe, placement, *, low_memory):
        asked.append(low_memory)
        if len(asked) <= failures:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3.00 GiB.")
        settle(pipe, placement, low_memory=low_memory)

    monkeypatch.setattr(loading, "settle", short_of_memory)
    editor = BlendedEditor(settings_for())
    if failures == 1:
        assert outcome_of(editor, make_job(seed=4)).patches
    else:
        with pytest.raises(StageError, match=r"3\.00 GiB more .* GGEDIT_LOW_MEMORY"):
            list(editor.edit(make_job(seed=4)))
    assert asked == [False, True]


def test_release_frees_the_model_and_the_next_edit_loads_it(settings_for: Callable[..., Settings]) -> None:
    editor = BlendedEditor(settings_for())
    before = edited(editor, make_job(seed=6))
    editor.release()
    assert editor._engine is None
    np.testing.assert_array_equal(edited(editor, make_job(seed=6)), before)


def test_a_wide_guidance_interval_costs_less_and_draws_something_else(editor: BlendedEditor) -> None:
    rows: list[int] = []
    hook = editor._loaded().family.pipeline.unet.register_forward_hook(lambda *call: rows.append(call[1][0].shape[0]))
    options = EditOptions(steps=6, guidance_from=0.3, guidance_to=0.7)
    inside = edited(editor, make_job(seed=8, options=options))
    hook.remove()
    assert rows == [3, 1, 3, 3, 3, 1] or rows == [3, 1, 3, 3, 1, 1]
    assert (inside != edited(editor, make_job(seed=8, options=EditOptions(steps=6)))).any()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (None, "is not on this machine: name a folder in GGEDIT_EDITOR_MODEL"),
        ("", "is not a diffusers pipeline: name a folder that holds a model_index.json"),
        ('{"_class_name": "StableDiffusionPipeline"}', "names a StableDiffusionPipeline; this editor runs: Stable"),
    ],
    ids=["no folder", "no pipeline", "another kind"],
)
def test_a_model_that_cannot_be_used_says_what_mends_it(tmp_path, files: str | None, sentence: str) -> None:
    folder = tmp_path / "model"
    if files is not None:
        folder.mkdir()
        (folder / "model_index.json").write_text(files)
    editor = BlendedEditor(Settings(editor_model=str(folder), device="cpu"))
    with pytest.raises(BackendUnavailable, match=sentence):
        list(editor.edit(make_job()))


def test_a_tiny_decoder_beside_the_pipeline_makes_the_previews(
    folders, settings_for: Callable[..., Settings], tmp_path
) -> None:
    import shutil

    from diffusers import AutoencoderTiny

    folder = tmp_path / "with decoder"
    shutil.copytree(folders["instruct"], folder)
    AutoencoderTiny(
        encoder_block_out_channels=(8, 8, 8), decoder_block_out_channels=(8, 8, 8), num_encoder_blocks=(1, 1, 1),
        num_decoder_blocks=(1, 1, 1), latent_channels=4,
    ).save_pretrained(folder / "tiny_decoder")  # fmt: skip
    editor = BlendedEditor(dataclasses.replace(settings_for(), editor_model=str(folder)))
    previews = [e.preview for e in editor.edit(make_job()) if isinstance(e, EditProgress) and e.preview is not None]
    assert previews and previews[0].shape[0] > 16, "pixels, not cells"
