"""transformers' zero-shot detectors: tiny folders as the hub serves them, and the original file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("groundingdino")
pytest.importorskip("transformers")

from safetensors.torch import load_file, save_file  # noqa: E402

from ggedit.backends.grounding.captions import Phrase  # noqa: E402
from ggedit.backends.grounding.detector import load_vocabulary  # noqa: E402
from ggedit.backends.grounding.dino import size_for  # noqa: E402
from ggedit.backends.grounding.network import Effort  # noqa: E402
from ggedit.backends.groundingdino import GroundingDinoDetector, compute_input  # noqa: E402
from ggedit.backends.hf_detector import HfDetector  # noqa: E402
from ggedit.config import load_settings  # noqa: E402
from ggedit.core.errors import BackendUnavailable  # noqa: E402
from ggedit.core.geometry import Extent  # noqa: E402
from ggedit.core.language import Referent  # noqa: E402
from ggedit.core.picture import Picture  # noqa: E402
from tests.builders import make_picture  # noqa: E402
from tests.tiny import detectors, environment_of  # noqa: E402

ASKED = [Referent("red cup", "cup", ("red",)), Referent("lamp", "lamp")]
FAMILIES = ["hf_dino", "hf_mm_dino", "hf_owl", "hf_owlvit"]


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    made = {name: getattr(detectors, name)(tmp_path_factory.mktemp(name)) for name in FAMILIES[1:]}
    return {"hf_dino": environment_of("detector", "groundingdino-hf"), **made}


def detector_of(environment: Mapping[str, str], **more: str) -> HfDetector:
    """With thresholds at which random networks find something."""
    return HfDetector(
        load_settings({"GGEDIT_BOX_THRESHOLD": "0.001", "GGEDIT_TEXT_THRESHOLD": "0.001", **environment, **more})
    )


@pytest.mark.parametrize("family", FAMILIES)
class TestFamily:
    def test_finds_what_was_asked_inside_the_picture(self, environments, family: str) -> None:
        table = detector_of(environments[family]).find(make_picture(Extent(70, 50)), ASKED)
        assert set(table.phrases) == {"red cup", "lamp"} and table.extent == Extent(70, 50)
        assert (table.xyxy >= 0).all() and (table.xyxy[:, [0, 2]] <= 70).all() and (table.xyxy[:, [1, 3]] <= 50).all()

    def test_scans_for_the_vocabulary(self, environments, family: str) -> None:
        table = detector_of(environments[family]).scan(make_picture(Extent(70, 50)))
        assert len(table) and set(table.phrases) <= set(detectors.WORDS.split("\n"))

    def test_phrases_asked_together_answer_as_alone(self, environments, family: str) -> None:
        loaded = detector_of(environments[family])._network._network()
        groups = [(Phrase("cup"),), (Phrase("very old red lamp"),), (Phrase("dog"), Phrase("person"))]
        picture = make_picture(Extent(96, 72))
        with torch.inference_mode():
            together = loaded.ask(picture, groups, Effort(texts=3, side=96))
            alone = [loaded.ask(picture, [group], Effort(texts=1, side=96))[0] for group in groups]
        for one, other in zip(together, alone, strict=True):
            assert np.allclose(one.xyxy, other.xyxy, atol=1e-2) and np.allclose(one.belief, other.belief, atol=1e-3)


def test_boxes_of_owlv2_are_measured_on_the_padded_square(environments) -> None:
    """The network sees a square: the same shares of it are other pixels than in a wide picture."""
    detector = detector_of(environments["hf_owl"])
    wide = make_picture(Extent(96, 48))
    square = Picture(np.concatenate([wide.pixels, np.zeros((48, 96, 3), np.uint8)]))
    group = [(Phrase("cup"),)]
    loaded = detector._network._network()
    with torch.inference_mode():
        padded, whole = (loaded.ask(picture, group, Effort(1, 0))[0].xyxy for picture in (wide, square))
    assert np.abs(padded - whole).max() < 2


def test_owl_answers_in_the_order_of_the_phrases(environments) -> None:
    loaded = detector_of(environments["hf_owl"])._network._network()
    picture, cup, lamp = make_picture(Extent(96, 72)), (Phrase("cup"),), (Phrase("lamp"),)
    with torch.inference_mode():
        one, other = (loaded.ask(picture, groups, Effort(1, 0)) for groups in ([cup, lamp], [lamp, cup]))
    assert np.allclose(one[0].belief, other[1].belief) and not np.allclose(one[0].belief, other[0].belief)


@pytest.mark.parametrize("family", ["hf_owl", "hf_owlvit"])
def test_owl_is_asked_several_hundred_nouns_a_few_at_a_time(environments, family: str, monkeypatch) -> None:
    """Each answers as it does alone, no look has more than 128, and the picture is seen once."""
    loaded = detector_of(environments[family])._network._network()
    words = load_vocabulary(load_settings({}))
    picture, looks, seen = make_picture(Extent(96, 72)), [], []
    forward, part = loaded._model.forward, loaded._seen.part
    monkeypatch.setattr(
        loaded._model, "forward", lambda **asked: looks.append(len(asked["input_ids"])) or forward(**asked)
    )
    part.register_forward_hook(lambda *_: seen.append(1))
    with torch.inference_mode():
        (many,) = loaded.ask(picture, [[Phrase(word) for word in words]], Effort(1, 0))
        alone = [loaded.ask(picture, [[Phrase(words[i])]], Effort(1, 0))[0] for i in (0, 130, len(words) - 1)]
    assert len(words) > 300 and many.belief.shape[1] == len(words)
    assert sum(looks[:-3]) == len(words) and max(looks) == 128 and len(seen) == 1
    for column, one in zip((0, 130, -1), alone, strict=True):
        assert np.allclose(many.belief[:, column], one.belief[:, 0], atol=1e-5)


@pytest.mark.parametrize("family", ["hf_owl", "hf_owlvit"])
@pytest.mark.parametrize(("side", "boxes"), [(0, 64), (800, 64), (480, 16), (10, 16)])
def test_owl_sees_a_smaller_square_where_that_is_wished(environments, family: str, side: int, boxes: int) -> None:
    """0.6 of 64 pixels are four whole patches of 8; half is the least."""
    loaded = detector_of(environments[family])._network._network()
    with torch.inference_mode():
        (sight,) = loaded.ask(make_picture(Extent(96, 48)), [(Phrase("cup"),)], Effort(1, side))
        (usual,) = loaded.ask(make_picture(Extent(96, 48)), [(Phrase("cup"),)], Effort(1, 0))
    assert len(sight.xyxy) == boxes and len(usual.xyxy) == 64
    assert np.ptp(sight.xyxy[:, 0]) > 48, "the boxes lie all over the picture"


def test_reads_the_original_file(environments) -> None:
    """The same file in both libraries: the same things in the same places."""
    original = environment_of("detector", "groundingdino")
    file = original["GGEDIT_DETECTOR_FILE"]
    picture = make_picture(Extent(128, 96), seed=4)
    ours = HfDetector(load_settings({**original, "GGEDIT_DETECTOR_MODEL": file})).scan(picture)
    theirs = GroundingDinoDetector(load_settings(original)).scan(picture)
    assert ours.ids == theirs.ids and len(ours)
    assert np.allclose(ours.xyxy, theirs.xyxy, atol=0.05) and np.allclose(ours.score, theirs.score, atol=1e-3)


def test_red_is_red_in_both_libraries(environments) -> None:
    pixels = np.zeros((96, 192, 3), np.uint8)
    pixels[:, :96, 0] = pixels[:, 96:, 2] = 255
    made = detector_of(environments["hf_dino"])._network._network().pixels(pixels, 96)
    assert np.allclose(made, compute_input(pixels, *size_for(96, 0)), atol=0.02)
    assert made[0, 0, 40, 20] > 2 and made[0, 2, 40, 140] > 2 and made[0, 0, 40, 140] < -2


def test_nothing_is_fetched(tmp_path: Path) -> None:
    settings = load_settings({"GGEDIT_DETECTOR_MODEL": "somebody/some-detector", "HF_HUB_CACHE": str(tmp_path)})
    with pytest.raises(BackendUnavailable, match="ggedit models"):
        HfDetector(settings).find(make_picture(), ASKED)


def test_a_hub_id_is_found_in_the_cache(environments, tmp_path: Path) -> None:
    snapshot = tmp_path / "models--some--dino" / "snapshots" / "abc"
    shutil.copytree(environments["hf_dino"]["GGEDIT_DETECTOR_MODEL"], snapshot)
    named = {"GGEDIT_DETECTOR_MODEL": "some/dino", "HF_HUB_CACHE": str(tmp_path)}
    assert len(detector_of({**environments["hf_dino"], **named}).find(make_picture(), ASKED))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.json", {"model_type": "vit"}, "family"),
        ("config.json", {"width": 1}, "cannot be loaded"),
        ("tokenizer.json", "not json", "cannot be loaded"),
        ("model.safetensors", "x" * 100, "cannot be loaded"),
        ("model.safetensors", "", "lacks"),
    ],
    ids=["another family", "no family", "damaged words", "damaged weights", "weights lost"],
)
def test_a_folder_that_is_no_use_is_said(environments, tmp_path: Path, file: str, content, message: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(environments["hf_dino"]["GGEDIT_DETECTOR_MODEL"], folder)
    if content:
        (folder / file).write_text(content if isinstance(content, str) else json.dumps(content))
    else:
        _drop_a_weight(folder / file)
    with pytest.raises(BackendUnavailable, match=message):
        detector_of({**environments["hf_dino"], "GGEDIT_DETECTOR_MODEL": str(folder)}).find(make_picture(), ASKED)


class Trap:
    """What a pickle can do to who opens it carelessly."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def test_code_in_a_folders_weights_is_never_run(environments, tmp_path: Path) -> None:
    folder, made = tmp_path / "model", tmp_path / "made by the file"
    shutil.copytree(environments["hf_dino"]["GGEDIT_DETECTOR_MODEL"], folder)
    (folder / "model.safetensors").unlink()
    torch.save({"model.text_projection.weight": Trap(made)}, folder / "pytorch_model.bin")
    with pytest.raises(BackendUnavailable, match="never run"):
        detector_of({**environments["hf_dino"], "GGEDIT_DETECTOR_MODEL": str(folder)}).find(make_picture(), ASKED)
    assert not made.exists()


def _drop_a_weight(file: Path) -> None:
    state = load_file(file)
    del state["model.text_projection.weight"]
    save_file(state, file, metadata={"format": "pt"})
