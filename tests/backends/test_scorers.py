"""CLIP, DINO and LPIPS with small random models in the real file formats, against the libraries' own results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ggedit.config import load_settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.ports import ScoreRequest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from ggedit.backends.scorers import ALEXNET_FILES, ClipScorer, DinoScorer, LpipsScorer  # noqa: E402

EXTENT = Extent(48, 36)
WORDS = ("a", "blue", "cup", "on", "table", "red")


def noise(seed: int) -> Picture:
    return Picture(np.random.default_rng(seed).integers(0, 256, (*EXTENT.shape, 3), np.uint8))


BEFORE, AFTER = noise(1), noise(2)
PART = Mask.of_box(Box(8, 6, 30, 28), EXTENT)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    folder = tmp_path_factory.mktemp("clip")
    torch.manual_seed(0)
    config = transformers.CLIPConfig(
        text_config={"vocab_size": 16, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
                     "num_attention_heads": 2, "max_position_embeddings": 16, "eos_token_id": 1, "bos_token_id": 0},
        vision_config={"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
                       "image_size": 32, "patch_size": 8},
        projection_dim=24,
    )  # fmt: skip
    transformers.CLIPModel(config).save_pretrained(folder)
    words = {"<s>": 0, "</s>": 1, "<unk>": 2} | {word: number for number, word in enumerate(WORDS, start=3)}
    reader = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    reader.pre_tokenizer = pre_tokenizers.Whitespace()
    reader.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=reader, pad_token="</s>", eos_token="</s>", bos_token="<s>", unk_token="<unk>",
        model_max_length=16,
    )  # fmt: skip
    images = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    transformers.CLIPProcessor(images, tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def dino(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dino")
    torch.manual_seed(0)
    config = transformers.ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, image_size=32, patch_size=8
    )
    transformers.ViTModel(config, add_pooling_layer=False).save_pretrained(folder)
    transformers.ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def request(**changes) -> ScoreRequest:
    given = {"before": BEFORE, "after": AFTER, "allowed": PART, "caption": "a blue cup", "source_caption": "a red cup"}
    return ScoreRequest(**(given | changes))


def test_clip_equals_the_model_s_own_similarity(clip: Path) -> None:
    found = ClipScorer(load_settings({"GGEDIT_CLIP_MODEL": str(clip), "GGEDIT_DEVICE": "cpu"})).score(request())
    model = transformers.CLIPModel.from_pretrained(clip).eval()
    processor = transformers.CLIPProcessor.from_pretrained(clip)
    inputs = processor(text=["a blue cup"], images=[np.asarray(AFTER.pixels)], return_tensors="pt")
    with torch.inference_mode():
        own = model(**inputs)
        cosine = float(own.logits_per_image / model.logit_scale.exp())
    assert found["clip_whole"] == pytest.approx(100 * cosine, abs=1e-3)
    assert set(found) == {"clip_whole", "clip_edited", "clip_direction"}
    assert -1 <= found["clip_direction"] <= 1
    assert found["clip_edited"] != pytest.approx(found["clip_whole"])


def test_clip_leaves_out_what_it_has_no_words_or_region_for(clip: Path) -> None:
    scorer = ClipScorer(load_settings({"GGEDIT_CLIP_MODEL": str(clip), "GGEDIT_DEVICE": "cpu"}))
    assert scorer.score(request(caption="")) == {}
    assert set(scorer.score(request(source_caption="", allowed=None))) == {"clip_whole"}


def test_dino_is_one_for_equal_pictures_and_less_for_others(dino: Path) -> None:
    scorer = DinoScorer(load_settings({"GGEDIT_DINO_MODEL": str(dino), "GGEDIT_DEVICE": "cpu"}))
    assert scorer.score(request(after=BEFORE))["dino"] == pytest.approx(1.0, abs=1e-5)
    assert scorer.score(request())["dino"] < 0.999
    scorer.release()
    assert scorer.score(request(after=BEFORE))["dino"] == pytest.approx(1.0, abs=1e-5)


@pytest.fixture(scope="module")
def alexnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torchmetrics", reason="LPIPS needs: pip install 'ggedit[eval]'")
    import torchvision

    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    file = folder / ALEXNET_FILES[1]
    file.parent.mkdir()
    torch.save(torchvision.models.alexnet(weights=None).state_dict(), file)
    return folder


def test_lpips_equals_torchmetrics_on_the_kept_part(alexnet: Path) -> None:
    from torchmetrics.functional.image.lpips import _LPIPS

    scorer = LpipsScorer(load_settings({"GGEDIT_CHECKPOINTS": str(alexnet), "GGEDIT_DEVICE": "cpu"}))
    large = Picture(np.random.default_rng(1).integers(0, 256, (96, 96, 3), np.uint8))
    other = Picture(np.random.default_rng(2).integers(0, 256, (96, 96, 3), np.uint8))
    part = Mask.of_box(Box(0, 0, 40, 96), large.extent)
    found = scorer.score(request(before=large, after=other, allowed=part))["lpips_outside"]

    net = _LPIPS(pretrained=True, net="alex", pnet_rand=True).eval()
    state = torch.load(alexnet / ALEXNET_FILES[1], weights_only=True)
    net.net.load_state_dict({n: state["features." + n.split(".", 1)[1]] for n in net.net.state_dict()})
    kept = torch.from_numpy(~part.full())[None, None]
    tensors = [torch.from_numpy(p.pixels.copy()).permute(2, 0, 1)[None] * kept / 127.5 - 1 for p in (large, other)]
    with torch.inference_mode():
        own = float(net(*tensors))
    assert found == pytest.approx(own, rel=1e-4) and found > 0
    assert scorer.score(request(before=large, after=large, allowed=part))["lpips_outside"] == pytest.approx(0, abs=1e-6)
    assert scorer.score(request(allowed=None)) == {}


def test_missing_models_are_said(tmp_path: Path) -> None:
    pytest.importorskip("torchmetrics")
    settings = load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path), "GGEDIT_CLIP_MODEL": "no/model"})
    with pytest.raises(BackendUnavailable, match="no/model"):
        ClipScorer(settings).score(request())
    with pytest.raises(BackendUnavailable, match="AlexNet"):
        LpipsScorer(settings).score(request())
