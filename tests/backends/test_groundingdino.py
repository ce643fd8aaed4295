"""GroundingDINO from its makers' files: tiny random weights in their format, on the installed libraries."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("groundingdino")
pytest.importorskip("transformers")

from ggedit.backends.grounding import network as networks  # noqa: E402
from ggedit.backends.grounding.captions import Phrase, write_caption  # noqa: E402
from ggedit.backends.grounding.checkpoint import read_architecture, text_folder  # noqa: E402
from ggedit.backends.grounding.detector import load_vocabulary  # noqa: E402
from ggedit.backends.groundingdino import GroundingDinoDetector, compute_input, load_model  # noqa: E402
from ggedit.backends.placement import Placement  # noqa: E402
from ggedit.config import load_settings  # noqa: E402
from ggedit.core.errors import BackendUnavailable, StageError  # noqa: E402
from ggedit.core.geometry import Extent  # noqa: E402
from ggedit.core.language import Referent  # noqa: E402
from ggedit.core.picture import Picture  # noqa: E402
from ggedit.ports import StageRun  # noqa: E402
from tests.builders import make_picture  # noqa: E402
from tests.tiny import environment_of  # noqa: E402
from tests.tiny.detectors import FILE, TINY, tokenizer  # noqa: E402

CUP, LAMP = Referent("red cup", "cup", ("red",)), Referent("old lamp", "lamp", ("old",))


@pytest.fixture(scope="module")
def environment() -> Mapping[str, str]:
    return environment_of("detector", "groundingdino")


@pytest.fixture(scope="module")
def detector(environment: Mapping[str, str]) -> GroundingDinoDetector:
    return GroundingDinoDetector(load_settings(environment))


def test_architecture_is_read_off_the_file(environment: Mapping[str, str]) -> None:
    path = Path(environment["GGEDIT_DETECTOR_FILE"])
    model, architecture = load_model(path, tokenizer())
    assert architecture == TINY == read_architecture(model.state_dict())


def test_texts_asked_together_answer_as_alone(detector: GroundingDinoDetector) -> None:
    """Masks of texts of different lengths must not be mixed up in a batch."""
    loaded = detector._network._network()  # type: ignore[attr-defined]
    groups = [(Phrase("cup"),), (Phrase("very old red lamp"),), (Phrase("dog"), Phrase("person"))]
    picture = make_picture(Extent(96, 72))
    with torch.inference_mode():
        together = loaded.ask(picture, groups, networks.Effort(texts=3, side=96))
        alone = [loaded.ask(picture, [group], networks.Effort(texts=1, side=96))[0] for group in groups]
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one.xyxy, other.xyxy, atol=1e-2) and np.allclose(one.belief, other.belief, atol=1e-3)


def test_picture_is_looked_at_once_for_all_texts(detector: GroundingDinoDetector, monkeypatch) -> None:
    looks: list[int] = []
    seen = detector._network._network()._seen  # type: ignore[attr-defined]
    monkeypatch.setattr(seen.part, "forward", _counted(seen.part.forward, looks))
    picture = make_picture(Extent(80, 60), seed=5)
    detector.find(picture, [CUP, LAMP])
    detector.scan(picture)
    assert len(looks) == 1
    detector.find(make_picture(Extent(80, 60), seed=6), [CUP])
    assert len(looks) == 2


def _counted(function, calls: list[int]):
    def forward(*arguments):
        calls.append(1)
        return function(*arguments)

    return forward


@pytest.mark.parametrize(
    ("size", "short", "longest", "expected"),
    [((640, 480), 800, 1333, (1067, 800)), ((480, 640), 800, 1333, (800, 1067)), ((1000, 200), 800, 1333, (1333, 267))],
    ids=["landscape", "portrait", "wide"],
)
def test_size_in_the_network(size, short: int, longest: int, expected) -> None:
    made = compute_input(np.zeros((size[1], size[0], 3), np.uint8), short, longest)
    assert made.shape == (1, 3, expected[1], expected[0])


def test_red_is_the_first_channel() -> None:
    """Left half red, right half blue, by the published mean and deviation of red, green and blue."""
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, :8, 0] = pixels[:, 8:, 2] = 255
    made = compute_input(pixels, 8, 16)[0]
    assert np.allclose(made[:, 4, 2], [(1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225], atol=1e-5)
    assert np.allclose(made[:, 4, 13], [-0.485 / 0.229, -0.456 / 0.224, (1 - 0.406) / 0.225], atol=1e-5)


def test_word_pieces_are_those_of_bert() -> None:
    """Ids of bert-base-uncased as published: the network's text weights are for these."""
    words = tokenizer()
    assert words("a red cup.")["input_ids"] == [101, 1037, 2417, 2452, 1012, 102]
    assert words.vocab_size == 30522 and words.convert_tokens_to_ids(["[CLS]", "[SEP]", ".", "?"]) == [
        101,
        102,
        1012,
        1029,
    ]


def test_a_look_at_the_scene_takes_three_texts(detector: GroundingDinoDetector) -> None:
    """The everyday nouns are chosen to fill three texts of the length that the network reads."""
    phrases = [Phrase(word) for word in load_vocabulary(load_settings({}))]
    groups = detector._network.pack(phrases)
    lengths = [len(tokenizer()(write_caption(group).text)["input_ids"]) for group in groups]
    assert len(groups) == 3 and max(lengths) <= 256


def test_a_folder_of_berts_words_is_taken_where_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "bert-base-uncased"
    folder.mkdir()
    (folder / "vocab.txt").write_text("[PAD]\n")
    assert text_folder(load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path)})) == folder


def test_release_and_load_again(environment: Mapping[str, str]) -> None:
    detector = GroundingDinoDetector(load_settings(environment))
    picture = make_picture(Extent(64, 64), seed=2)
    first = detector.find(picture, [CUP])
    detector.release()
    assert detector._network._loaded is None  # type: ignore[attr-defined]
    again = detector.find(picture, [CUP])
    assert first.ids == again.ids and np.array_equal(first.xyxy, again.xyxy)


@pytest.mark.parametrize("failures", [1, 2], ids=["second try", "never"])
def test_out_of_memory_is_tried_smaller_once(detector: GroundingDinoDetector, monkeypatch, failures: int) -> None:
    loaded = detector._network._network()  # type: ignore[attr-defined]
    efforts: list[networks.Effort] = []
    ask = loaded.ask

    def short_of_memory(picture, groups, effort):
        efforts.append(effort)
        if len(efforts) <= failures:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return ask(picture, groups, networks.Effort(effort.texts, 96))

    monkeypatch.setattr(loaded, "ask", short_of_memory)
    with StageRun().running():
        if failures == 1:
            assert len(detector.find(make_picture(), [CUP]))
        else:
            with pytest.raises(StageError, match="GGEDIT_LOW_MEMORY"):
                detector.find(make_picture(), [CUP])
    assert efforts[1:] == [networks.Effort(texts=1, side=480)]


@pytest.mark.parametrize("failures", [1, 2], ids=["the CPU has room", "nowhere is room"])
def test_a_detector_that_does_not_fit_on_the_device_goes_to_the_cpu(detector, monkeypatch, failures: int) -> None:
    devices: list[str] = []
    detector.release()
    load = detector._network._load

    def short_of_memory(placement):
        devices.append(placement.device.type)
        if len(devices) <= failures:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 600.00 MiB.")
        return load(placement)

    monkeypatch.setattr(detector._network, "_load", short_of_memory)
    monkeypatch.setattr(networks, "detector_placement", lambda _: Placement(torch.device("cuda"), torch.float32))
    with StageRun().running() as run:
        if failures == 1:
            assert len(detector.find(make_picture(), [CUP]))
            assert run.notes == [
                "Loading the detector ran out of memory and was done again on the CPU, which is slower."
            ]
        else:
            with pytest.raises(StageError, match=r"600\.00 MiB more .* GGEDIT_LOW_MEMORY"):
                detector.find(make_picture(), [CUP])
    assert devices == ["cuda", "cpu"]


def test_mixed_precision_where_it_is_asked_for(environment: Mapping[str, str], detector) -> None:
    """bfloat16 on a CPU runs the same path as on a GPU; boxes move a little, none is lost."""
    settings = load_settings({**environment, "GGEDIT_DTYPE": "bfloat16"})
    found = GroundingDinoDetector(settings).find(make_picture(Extent(96, 72)), [CUP])
    assert len(found) and np.isfinite(found.xyxy).all()


class Bomb:
    """What a pickle can do to who opens it carelessly."""

    def __init__(self, victim: Path) -> None:
        self.victim = victim

    def __reduce__(self):
        return Path.touch, (self.victim,)


def test_code_in_a_file_is_never_run(tmp_path: Path) -> None:
    victim = tmp_path / "pwned"
    with (tmp_path / FILE).open("wb") as file:
        pickle.dump({"model": {"transformer.level_embed": Bomb(victim)}}, file)
    detector = GroundingDinoDetector(load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path)}))
    with pytest.raises(BackendUnavailable, match="never run"):
        detector.find(make_picture(), [CUP])
    assert not victim.exists()


@pytest.mark.parametrize(
    ("drop", "message"),
    [
        ("level_embed", "other weights"),
        ("tgt_embed", "other weights|lacks"),
        ("decoder.norm.weight", "lacks 1 weights"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    environment: Mapping[str, str], tmp_path: Path, drop: str, message: str
) -> None:
    state = torch.load(Path(environment["GGEDIT_DETECTOR_FILE"]), weights_only=True)["model"]
    torch.save({"model": {name: value for name, value in state.items() if drop not in name}}, tmp_path / FILE)
    detector = GroundingDinoDetector(load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path)}))
    with pytest.raises(BackendUnavailable, match=message):
        detector.find(make_picture(), [CUP])


def test_a_file_of_ones_own_by_path(environment: Mapping[str, str], tmp_path: Path) -> None:
    own = tmp_path / "mine.pth"
    own.symlink_to(Path(environment["GGEDIT_DETECTOR_FILE"]))
    settings = load_settings({**environment, "GGEDIT_DETECTOR_FILE": str(own)})
    assert len(GroundingDinoDetector(settings).find(make_picture(), [CUP]))


@pytest.mark.parametrize("extent", [Extent(1, 900), Extent(2000, 2)], ids=str)
def test_slim_pictures(detector: GroundingDinoDetector, extent: Extent) -> None:
    picture = Picture(np.full((*extent.shape, 3), 99, np.uint8))
    table = detector.find(picture, [CUP])
    assert (table.xyxy[:, 2:] <= np.array(extent)).all()
