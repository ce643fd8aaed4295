"""Both libraries' segmenters on tiny random networks: the same weights give the same masks; what is loaded and kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("segment_anything")
pytest.importorskip("transformers")

from ggedit.backends.hf_segmenter import TransformersSegmenter  # noqa: E402
from ggedit.backends.prompting.frame import Frame, Window  # noqa: E402
from ggedit.backends.prompting.segmenter import Embeddings, PromptedSegmenter  # noqa: E402
from ggedit.backends.sam import SamSegmenter  # noqa: E402
from ggedit.config import Settings, load_settings  # noqa: E402
from ggedit.core.errors import BackendUnavailable, StageError  # noqa: E402
from ggedit.core.geometry import Box, Extent  # noqa: E402
from ggedit.core.masks import Mask  # noqa: E402
from ggedit.core.picture import Picture  # noqa: E402
from ggedit.ports import MaskPrompt, Point, Releasable, StageRun  # noqa: E402
from tests.builders import make_picture  # noqa: E402
from tests.tiny.segmenters import (  # noqa: E402
    sam2_folder,
    sam_file,
    sam_folder,
    save_as_transformers,
    tiny_sam,
)

KINDS = {"sam": SamSegmenter, "sam-hf": TransformersSegmenter, "sam2": TransformersSegmenter}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """Settings that name each tiny network, by kind."""
    makers = {"sam": sam_file, "sam-hf": sam_folder, "sam2": sam2_folder}
    made = {kind: make(tmp_path_factory.mktemp(kind)) for kind, make in makers.items()}
    return {kind: load_settings({**environ, "GGEDIT_DEVICE": "cpu"}) for kind, environ in made.items()}


@pytest.fixture(scope="session")
def segmenters(settings: dict[str, Settings]) -> dict[str, PromptedSegmenter]:
    return {kind: KINDS[kind](settings[kind]) for kind in KINDS}


def blobs(extent: Extent, seed: int = 5) -> Picture:
    """Soft coloured blobs."""
    small = Picture(np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return Picture(np.asarray(small.to_pillow().resize(extent)))


def prompts(extent: Extent) -> dict[str, MaskPrompt]:
    w, h = extent
    box = Box(0.2 * w, 0.25 * h, 0.75 * w, 0.8 * h)
    clicks = (Point(0.4 * w, 0.5 * h), Point(0.3 * w, 0.3 * h, positive=False))
    stroke = Mask.of_box(Box(0.4 * w, 0.4 * h, 0.6 * w, 0.6 * h), extent)
    beside = Mask.of_box(Box(0.2 * w, 0.7 * h, 0.75 * w, 0.8 * h), extent)
    return {
        "box": MaskPrompt(box=box),
        "detector's box": MaskPrompt(box=box, exact=False),
        "click": MaskPrompt(points=clicks[:1]),
        "clicks": MaskPrompt(points=clicks),
        "box and clicks": MaskPrompt(box=box, points=clicks),
        "strokes": MaskPrompt(include=stroke, exclude=beside),
        "everything": MaskPrompt(box=box, points=clicks, include=stroke, exclude=beside),
    }


LANDSCAPE, PORTRAIT = Extent(240, 150), Extent(110, 260)


@pytest.mark.parametrize("name", list(prompts(LANDSCAPE)))
@pytest.mark.parametrize("extent", [LANDSCAPE, PORTRAIT, Extent(128, 128)], ids=["landscape", "portrait", "square"])
def test_the_same_weights_give_the_same_masks_in_both_libraries(segmenters, extent, name):
    picture, prompt = blobs(extent), prompts(extent)[name]
    ours, theirs = (segmenters[kind].segment(picture, prompt) for kind in ("sam", "sam-hf"))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert a.mask.same_as(b.mask), "intersection over union is 1.0"
        assert a.quality == pytest.approx(b.quality, abs=1e-4)


def raw_answer(segmenter: Any, picture: Picture, prompt: MaskPrompt) -> tuple[np.ndarray, np.ndarray]:
    """Masks at picture size before they are cleaned, and their predicted qualities."""
    from ggedit.backends.prompting.question import read_prompt
    from ggedit.backends.prompting.segmenter import _prompt

    segmenter.segment(picture, prompt)
    model, frame = segmenter._model, Frame(picture.extent, segmenter._model.side_px, segmenter._model.padded)
    asked = _prompt(read_prompt(prompt, picture.extent), frame, None)
    answer = model.decode(segmenter._embeddings.get(picture.digest), asked)
    everywhere = Window(0, 0, *picture.extent)
    return np.stack([frame.enlarged(logits, everywhere) for logits in answer.logits]), answer.quality


@pytest.mark.parametrize("name", ["box", "click", "clicks", "box and clicks"])
@pytest.mark.parametrize("extent", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_segment_anythings_own_predictor_says_the_same(segmenters, extent, name):
    from segment_anything import SamPredictor

    picture, prompt = blobs(extent), prompts(extent)[name]
    predictor = SamPredictor(tiny_sam())
    predictor.set_image(np.array(picture.pixels))
    single = len(prompt.points) + (prompt.box is not None) == 1
    masks, quality, _ = predictor.predict(
        point_coords=np.array([(p.x, p.y) for p in prompt.points]) if prompt.points else None,
        point_labels=np.array([int(p.positive) for p in prompt.points]) if prompt.points else None,
        box=np.array(prompt.box.xyxy) if prompt.box is not None else None,
        multimask_output=single,
    )
    ours, believed = raw_answer(segmenters["sam"], picture, prompt)
    assert (ours != masks).mean() < 1e-4, "but for a pixel on the edge between two roundings"
    assert np.allclose(believed, quality, atol=1e-4)


@pytest.mark.parametrize("name", ["box", "click", "box and clicks"])
@pytest.mark.parametrize("extent", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
def test_transformers_own_processor_of_sam_2_says_the_same(segmenters, settings, extent, name):
    from transformers import Sam2ImageProcessor, Sam2Model, Sam2Processor

    picture, prompt = blobs(extent), prompts(extent)[name]
    model = Sam2Model.from_pretrained(settings["sam2"].segmenter_model).eval()
    processor = Sam2Processor(Sam2ImageProcessor(size={"height": 128, "width": 128}), target_size=128)
    inputs = processor(
        images=np.array(picture.pixels),
        input_boxes=[[list(prompt.box.xyxy)]] if prompt.box is not None else None,
        input_points=[[[[p.x, p.y] for p in prompt.points]]] if prompt.points else None,
        input_labels=[[[int(p.positive) for p in prompt.points]]] if prompt.points else None,
        return_tensors="pt",
    )
    sizes = inputs.pop("original_sizes")
    single = len(prompt.points) + (prompt.box is not None) == 1
    with torch.no_grad():
        said = model(**inputs, multimask_output=single)
    masks = processor.post_process_masks(said.pred_masks, sizes)[0][0].numpy()
    ours, believed = raw_answer(segmenters["sam2"], picture, prompt)
    assert (ours != masks).mean() < 1e-3, "the two resize the picture by different code"
    assert np.allclose(believed, said.iou_scores[0, 0].numpy(), atol=1e-3)


def test_files_that_call_themselves_a_video_model_are_read(segmenters, tmp_path):
    picture, prompt = blobs(LANDSCAPE), prompts(LANDSCAPE)["box"]
    video = TransformersSegmenter(load_settings(dict(sam2_folder(tmp_path, model_type="sam2_video"))))
    mine, usual = video.segment(picture, prompt), segmenters["sam2"].segment(picture, prompt)
    assert all(a.mask.same_as(b.mask) for a, b in zip(mine, usual, strict=True))


def test_a_pruned_network_is_read(tmp_path):
    """SlimSAM keeps fewer channels: its heads are narrower and its layers' widths its own."""
    save_as_transformers(
        tiny_sam(1), tmp_path, num_attention_heads=2, window_size=3, global_attn_indexes=[1], hidden_act="gelu"
    )
    found = TransformersSegmenter(load_settings({"GGEDIT_SEGMENTER_MODEL": str(tmp_path)})).segment(
        blobs(LANDSCAPE), prompts(LANDSCAPE)["box"]
    )
    assert found[0].mask.area


# ---- what is computed, kept and given back


@pytest.fixture
def counted(settings: dict[str, Settings], request: pytest.FixtureRequest) -> Iterator[tuple[Any, list[str]]]:
    """A fresh segmenter, and the list of its encoder's and decoder's runs."""
    segmenter: Any = KINDS[request.param](settings[request.param])
    model = segmenter._loaded()
    network = model._sam if request.param == "sam" else model._model
    encoder = network.image_encoder if request.param == "sam" else network.vision_encoder
    runs: list[str] = []
    encoder.register_forward_hook(lambda *_: runs.append("encoder"))
    network.mask_decoder.register_forward_hook(lambda *_: runs.append("decoder"))
    yield segmenter, runs


@pytest.mark.parametrize("counted", ["sam", "sam-hf", "sam2"], indirect=True)
def test_the_picture_is_looked_at_once(counted):
    segmenter, runs = counted
    for prompt in list(prompts(LANDSCAPE).values())[:5]:
        segmenter.segment(blobs(LANDSCAPE), prompt)
    assert runs.count("encoder") == 1
    assert runs.count("decoder") == 5
    segmenter.segment(blobs(LANDSCAPE, seed=6), prompts(LANDSCAPE)["box"])
    assert runs.count("encoder") == 2


@pytest.mark.parametrize("counted", ["sam"], indirect=True)
def test_strokes_take_a_second_pass_of_the_decoder_only(counted):
    segmenter, runs = counted
    segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["strokes"])
    assert runs == ["encoder", "decoder", "decoder"]


def test_embeddings_are_bounded_in_mib_and_the_newest_stays():
    kept = Embeddings(limit_mib=2)
    for name in "abc":
        kept.put(name, (torch.zeros(2**18),))
    assert kept.size_mib == 2 and kept.get("a") is None
    kept.get("b")
    kept.put("d", (torch.zeros(2**18),))
    assert kept.get("c") is None and kept.get("b") is not None, "the one used longest ago goes"
    kept.put("large", (torch.zeros(2**22),))
    assert len(kept) == 1 and kept.get("large") is not None


@pytest.mark.parametrize("kind", ["sam", "sam-hf"])
def test_a_released_segmenter_loads_again_and_says_the_same(settings, kind):
    segmenter: Any = KINDS[kind](settings[kind])
    assert isinstance(segmenter, Releasable)
    before = segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    segmenter.release()
    assert segmenter._model is None
    after = segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert all(a.mask.same_as(b.mask) for a, b in zip(before, after, strict=True))


# ---- devices


@pytest.mark.parametrize("kind", ["sam", "sam-hf", "sam2"])
def test_half_precision_is_for_the_encoder_alone(settings, kind, segmenters):
    segmenter: Any = KINDS[kind](replace(settings[kind], dtype="bfloat16"))
    (first, *_) = segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    network = segmenter._model._sam if kind == "sam" else segmenter._model._model
    encoder = network.image_encoder if kind == "sam" else network.vision_encoder
    assert {p.dtype for p in encoder.parameters()} == {torch.bfloat16}
    assert {p.dtype for p in network.mask_decoder.parameters()} == {torch.float32}
    full = segmenters[kind].segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert max(iou(first.mask, other.mask) for other in full) > 0.8


def iou(a: Mask, b: Mask) -> float:
    one, two = a.full(), b.full()
    return np.count_nonzero(one & two) / np.count_nonzero(one | two)


@pytest.mark.parametrize("kind", ["sam", "sam-hf"])
def test_out_of_memory_once_is_done_on_the_cpu_and_noted(settings, kind, segmenters):
    segmenter: Any = KINDS[kind](settings[kind])
    model = segmenter._loaded()
    encode, moved = model.encode, []

    def short_of_memory(pixels):
        if not moved:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return encode(pixels)

    model.encode = short_of_memory
    offload = model.offload
    model.offload = lambda: moved.append("cpu") or offload()
    with StageRun().running() as run:
        found = segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert moved == ["cpu"] and "ran out of memory" in run.notes[0]
    usual = segmenters[kind].segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert all(a.mask.same_as(b.mask) for a, b in zip(found, usual, strict=True))


@pytest.mark.parametrize("kind", ["sam", "sam-hf"])
def test_a_decoder_without_room_gets_that_of_the_encoder(settings, kind, segmenters):
    segmenter: Any = KINDS[kind](settings[kind])
    model = segmenter._loaded()
    decode, moved = model.decode, []

    def short_of_memory(embedding, prompt):
        if not moved:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        return decode(embedding, prompt)

    model.decode = short_of_memory
    offload = model.offload
    model.offload = lambda: moved.append("cpu") or offload()
    with StageRun().running() as run:
        found = segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert moved == ["cpu"]
    assert run.notes == [
        "Cutting out a mask ran out of memory and was done again with the picture's encoder on the CPU, "
        "which is slower."
    ]
    usual = segmenters[kind].segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert all(a.mask.same_as(b.mask) for a, b in zip(found, usual, strict=True))


@pytest.mark.parametrize("failures", [1, 2], ids=["with less it fits", "never"])
def test_a_segmenter_that_does_not_fit_is_loaded_with_its_encoder_outside(settings, failures):
    asked: list[bool] = []
    usual: Any = SamSegmenter(settings["sam"])
    load = usual._load

    def short_of_memory(settings):
        asked.append(settings.low_memory)
        if len(asked) <= failures:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return load(settings)

    usual._load = short_of_memory
    if failures == 1:
        assert usual.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    else:
        with pytest.raises(StageError, match=r"2\.00 GiB more .* GGEDIT_LOW_MEMORY"):
            usual.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    assert asked == [False, True]


def test_out_of_memory_twice_is_a_sentence_with_the_figure(settings):
    segmenter: Any = SamSegmenter(settings["sam"])

    def never(pixels):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 ...")

    segmenter._loaded().encode = never
    with pytest.raises(StageError, match=r"2\.00 GiB more .* GGEDIT_LOW_MEMORY"):
        segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"])
    segmenter.release()
    assert segmenter.segment(blobs(LANDSCAPE), prompts(LANDSCAPE)["box"]), "and the next try is a fresh one"


# ---- files


def fails(kind: str, settings: Settings) -> str:
    with pytest.raises(BackendUnavailable) as error:
        KINDS[kind](settings).segment(make_picture(), MaskPrompt(box=Box(2, 2, 20, 20)))
    return str(error.value)


def test_no_file_or_no_model_says_how_to_get_one(settings, tmp_path):
    nowhere = {"checkpoints": tmp_path, "hub_cache": tmp_path}
    assert "ggedit models fetch sam" in fails("sam", replace(settings["sam"], segmenter_file="auto", **nowhere))
    absent = replace(settings["sam-hf"], segmenter_model="facebook/sam-vit-base", **nowhere)
    assert "ggedit models fetch sam-hf" in fails("sam-hf", absent)


def test_weights_of_something_else_are_said(settings, tmp_path):
    torch.save({"layer.weight": torch.ones(3)}, tmp_path / "x.pth")
    assert "does not hold the weights of Segment Anything" in fails(
        "sam", replace(settings["sam"], segmenter_file=str(tmp_path / "x.pth"))
    )


def test_a_folder_of_something_else_is_said(settings, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    assert "of the kind bert" in fails("sam-hf", replace(settings["sam-hf"], segmenter_model=str(tmp_path)))


def test_a_folder_whose_weights_do_not_fit_is_said(settings, tmp_path):
    from safetensors.torch import save_file

    sam_folder(tmp_path)
    save_file({"nothing": torch.ones(2)}, tmp_path / "model.safetensors", metadata={"format": "pt"})
    assert "not those of its config.json" in fails("sam-hf", replace(settings["sam-hf"], segmenter_model=str(tmp_path)))


class Trap:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("kind", ["sam", "sam-hf"])
def test_a_crafted_file_runs_nothing(settings, tmp_path, kind):
    made = tmp_path / "made by the file"
    if kind == "sam":
        torch.save({"model": Trap(made)}, tmp_path / "evil.pth")
        changed = replace(settings["sam"], segmenter_file=str(tmp_path / "evil.pth"))
    else:
        sam_folder(tmp_path)
        (tmp_path / "model.safetensors").unlink()
        torch.save({"model": Trap(made)}, tmp_path / "pytorch_model.bin")
        changed = replace(settings["sam-hf"], segmenter_model=str(tmp_path))
    assert "never run" in fails(kind, changed)
    assert not made.exists()


# ---- the makers' size


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_at_the_makers_size_both_libraries_agree(tmp_path):
    """vit_b with random weights, one landscape picture, box and click."""
    from segment_anything import sam_model_registry

    torch.manual_seed(0)
    sam = sam_model_registry["vit_b"]()
    torch.save(sam.state_dict(), tmp_path / "sam_vit_b.pth")
    save_as_transformers(sam, tmp_path / "hf", num_attention_heads=12, global_attn_indexes=[2, 5, 8, 11])
    del sam
    picture = blobs(Extent(480, 320))
    by_file = SamSegmenter(load_settings({"GGEDIT_SEGMENTER_FILE": str(tmp_path / "sam_vit_b.pth")}))
    asked = [prompts(picture.extent)[name] for name in ("box", "click")]
    ours = [by_file.segment(picture, prompt) for prompt in asked]
    by_file.release()
    by_folder = TransformersSegmenter(load_settings({"GGEDIT_SEGMENTER_MODEL": str(tmp_path / "hf")}))
    theirs = [by_folder.segment(picture, prompt) for prompt in asked]
    for mine, other in zip(ours, theirs, strict=True):
        assert [round(c.quality, 3) for c in mine] == [round(c.quality, 3) for c in other]
        assert min(iou(a.mask, b.mask) for a, b in zip(mine, other, strict=True)) > 0.9999
