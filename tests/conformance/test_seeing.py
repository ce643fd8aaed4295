"""What every Parser, Detector, Segmenter and Describer must do."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.core.detections import Detections
from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Context, Count, CountKind, EditVerb, Instruction, Referent
from ggedit.core.masks import Mask, Masks
from ggedit.core.picture import Picture
from ggedit.ports import MaskPrompt, Point
from tests.builders import make_picture
from tests.conformance.available import backends_of, load

SIZES = [Extent(1, 1), Extent(3, 200), Extent(64, 48)]


DISC_EXTENT = Extent(96, 72)


def disc() -> Picture:
    """A red disc of radius 18 around (40, 36) on a soft grey ground."""
    rows, columns = np.ogrid[: DISC_EXTENT.height, : DISC_EXTENT.width]
    noise = np.random.default_rng(3).integers(0, 6, (*DISC_EXTENT.shape, 3))
    pixels = (np.array([150, 150, 150]) + noise).astype(np.uint8)
    pixels[(rows - 36) ** 2 + (columns - 40) ** 2 <= 18**2] = (200, 30, 30)
    return Picture(pixels)


@pytest.mark.parametrize("spec", backends_of("parser"))
class TestParser:
    def test_a_plain_removal_is_read(self, spec):
        read = load(spec).parse("remove the cup", Context())
        assert isinstance(read, Instruction)
        (clause,) = read.clauses
        assert clause.verb is EditVerb.REMOVE
        assert clause.target is not None and clause.target.head == "cup"

    @pytest.mark.parametrize("text", ["", "...", "\U0001f600" * 50, "asdf qwer " * 200, "remove"], ids=range(5))
    def test_nonsense_is_a_question_and_never_an_error(self, spec, text):
        read = load(spec).parse(text, Context())
        assert read.clauses or read.questions

    def test_the_same_words_mean_the_same(self, spec):
        assert load(spec).parse("make the cup blue", Context()) == load(spec).parse("make the cup blue", Context())


@pytest.mark.parametrize("spec", backends_of("detector"))
class TestDetector:
    @pytest.mark.parametrize("extent", SIZES, ids=str)
    def test_any_size_gives_a_sound_table(self, spec, extent):
        picture = make_picture(extent)
        for table in (load(spec).scan(picture), load(spec).find(picture, [Referent("red cup", "cup", ("red",))])):
            assert isinstance(table, Detections) and table.extent == extent

    def test_rows_are_named_by_what_was_asked(self, spec):
        asked = [Referent("cup", "cup"), Referent("lamp", "lamp", count=Count(CountKind.ALL))]
        table = load(spec).find(disc(), asked)
        assert set(table.phrases) <= {"cup", "lamp"}
        for phrase in ("cup", "lamp"):
            scores = [s for p, s in zip(table.phrases, table.score, strict=True) if p == phrase]
            assert scores == sorted(scores, reverse=True), "best first"

    def test_the_same_picture_gives_the_same_boxes(self, spec):
        one, two = load(spec).scan(disc()), load(spec).scan(disc())
        assert one.ids == two.ids and np.array_equal(one.xyxy, two.xyxy)

    def test_asking_for_nothing_finds_nothing(self, spec):
        assert len(load(spec).find(disc(), [])) == 0


@pytest.mark.parametrize("spec", backends_of("segmenter"))
class TestSegmenter:
    @pytest.mark.parametrize(
        "prompt",
        [
            MaskPrompt(box=Box(20, 16, 60, 56)),
            MaskPrompt(points=(Point(40, 36),)),
            MaskPrompt(box=Box(20, 16, 60, 56), points=(Point(40, 36), Point(22, 18, positive=False))),
            MaskPrompt(box=Box(20, 16, 60, 56), include=Mask.of_box(Box(36, 30, 44, 40), DISC_EXTENT)),
        ],
        ids=["box", "click", "box and clicks", "box and stroke"],
    )
    def test_one_to_three_masks_of_the_pictures_size_best_first(self, spec, prompt):
        found = load(spec).segment(disc(), prompt)
        assert 1 <= len(found) <= 3
        assert all(c.mask.extent == DISC_EXTENT and c.mask.area for c in found)
        assert all(0 <= c.quality <= 1 for c in found)
        assert found[0].mask.full()[36, 40], "the middle of the disc belongs to it"

    @pytest.mark.parametrize("extent", SIZES, ids=str)
    def test_any_size_works(self, spec, extent):
        (first, *_) = load(spec).segment(make_picture(extent), MaskPrompt(box=Box.whole(extent)))
        assert first.mask.area and first.mask.extent == extent

    def test_the_same_prompt_gives_the_same_mask(self, spec):
        prompt = MaskPrompt(box=Box(18, 14, 62, 58))
        one, two = (load(spec).segment(disc(), prompt)[0].mask for _ in range(2))
        assert one.same_as(two)


@pytest.mark.parametrize("spec", backends_of("describer"))
def test_a_describer_gives_one_node_per_mask_with_its_id(spec):
    extent = Extent(96, 72)
    boxes = [Box(5, 20, 25, 60), Box(60, 20, 90, 60)]
    table = Detections.build(extent=extent, xyxy=[b.xyxy for b in boxes], score=[0.9, 0.8], phrases=["cup", "cup"])
    masks = Masks.build({id_: Mask.of_box(b, extent) for id_, b in zip(table.ids, boxes, strict=True)})
    scene = load(spec).describe(make_picture(extent), table, masks)
    assert [n.id for n in scene.nodes] == list(masks.ids)
    assert all(n.box is not None for n in scene.nodes)
    nobody = load(spec).describe(make_picture(extent), Detections.empty(extent), Masks.build({}))
    assert nobody.nodes == ()
