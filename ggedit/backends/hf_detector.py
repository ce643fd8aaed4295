"""The full tier's detector from the hub: transformers' zero-shot detection models by id, folder or original file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForZeroShotObjectDetection,
    AutoProcessor,
    AutoTokenizer,
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    GroundingDinoImageProcessor,
    GroundingDinoProcessor,
)

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..core.picture import Picture
from ..model_files import model_file, model_folder
from .grounding.captions import Phrase, clean
from .grounding.checkpoint import (
    POINTS,
    TEXT_LIMIT,
    Architecture,
    read_architecture,
    read_checkpoint,
    take_weights,
    text_folder,
)
from .grounding.detector import PhraseDetector
from .grounding.dino import LONGEST, SIDE, DinoNetwork, size_for
from .grounding.network import (
    WORK_MIB,
    Effort,
    LazyNetwork,
    LoadedNetwork,
    OncePerPicture,
    beliefs,
    computing,
    corners,
    least_side,
    widened,
)
from .grounding.renaming import rename
from .grounding.sight import Sight, Thresholds
from .placement import Placement, require_memory
from .quiet import quiet

_DINO = ("grounding-dino", "mm-grounding-dino")
_OWL = ("owlv2", "owlvit")
"""What ``model_type`` says in config.json."""
_QUERIES = 128
"""Phrases that OWL-ViT and OWLv2 are asked at a time: more gain nothing once the picture has been looked at."""
_LEAST_SHARE = 0.5
"""Of the side that OWL-ViT and OWLv2 were trained at: their positions are stretched for it."""


class HfDetector(PhraseDetector):
    """Finds things by phrase with Grounding DINO, MM-Grounding-DINO, OWLv2 or OWL-ViT."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, LazyNetwork(settings, lambda placement: _load(settings, placement)))


def _load(settings: Settings, placement: Placement) -> LoadedNetwork:
    named = settings.detector_model
    file = model_file(named, (), settings) if named else None
    require_memory(
        _stored_bytes(file or model_folder(named, settings)), placement, work_mib=WORK_MIB, doing="The detector"
    )
    with quiet():
        model, processor = load_original(file, settings) if file else load_folder(named, settings)
    network = _Owl if model.config.model_type in _OWL else _Dino
    return network(model.eval().to(placement.device), processor, placement)


def _stored_bytes(place: Path | None) -> int:
    """Size of a file, or of a folder's weights."""
    if place is None or place.is_file():
        return place.stat().st_size if place else 0
    return max((sum(p.stat().st_size for p in place.glob(f"*.{end}")) for end in ("safetensors", "bin")), default=0)


def load_folder(named: str, settings: Settings) -> tuple[Any, Any]:
    """Model and processor of a folder or of a hub id that is on this machine; fetches nothing.

    Raises:
        BackendUnavailable: not here, not complete, or a model of another family.
    """
    folder = model_folder(named, settings)
    if folder is None:
        raise BackendUnavailable(f"The detector's model {named} is not here: `ggedit models` says how to get it.")
    try:
        family = AutoConfig.from_pretrained(folder, local_files_only=True).model_type
        if family not in (*_DINO, *_OWL):
            known = ", ".join((*_DINO, *_OWL))
            raise BackendUnavailable(f"GGEDIT_DETECTOR_MODEL names a model of the family {family}; known are: {known}.")
        model, report = AutoModelForZeroShotObjectDetection.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32, output_loading_info=True, weights_only=True
        )
        processor = AutoProcessor.from_pretrained(folder, local_files_only=True)
    except UnpicklingError:
        raise BackendUnavailable(
            f"The detector's model in {folder} is damaged or holds program code, which is never run: fetch it again."
        ) from None
    except (OSError, ValueError, SafetensorError) as error:
        raise BackendUnavailable(f"The detector's model in {folder} cannot be loaded: {error}") from None
    lost = sorted((*report["missing_keys"], *report["mismatched_keys"]))
    if lost:
        raise BackendUnavailable(
            f"The detector's model in {folder} lacks {len(lost)} weights, the first is {lost[0]}: fetch it again."
        )
    return model, processor


def load_original(path: Path, settings: Settings) -> tuple[Any, Any]:
    """Grounding DINO from the original file, in transformers' network.

    Raises:
        BackendUnavailable: not a GroundingDINO file.
    """
    state = read_checkpoint(path)
    model = GroundingDinoForObjectDetection(hf_config(read_architecture(state)))
    take_weights(model, rename(state), ignore=("swin.layernorm", "pooler"), what=str(path))
    tokenizer = AutoTokenizer.from_pretrained(text_folder(settings), local_files_only=True)
    images = GroundingDinoImageProcessor(size={"shortest_edge": SIDE, "longest_edge": LONGEST})
    return model, GroundingDinoProcessor(images, tokenizer)


def hf_config(architecture: Architecture) -> GroundingDinoConfig:
    """The configuration of transformers' network with these sizes."""
    vision = {
        "model_type": "swin",
        "embed_dim": architecture.embed,
        "depths": list(architecture.depths),
        "num_heads": list(architecture.heads),
        "window_size": architecture.window,
        "out_indices": [2, 3, 4],
    }
    text = {
        "model_type": "bert",
        "vocab_size": architecture.vocabulary,
        "hidden_size": architecture.text_width,
        "num_hidden_layers": architecture.text_layers,
        "num_attention_heads": architecture.text_heads,
        "intermediate_size": architecture.text_feed_forward,
        "max_position_embeddings": architecture.text_positions,
    }
    return GroundingDinoConfig(
        backbone_config=vision,
        text_config=text,
        d_model=architecture.width,
        encoder_attention_heads=architecture.attention_heads,
        decoder_attention_heads=architecture.attention_heads,
        encoder_ffn_dim=architecture.feed_forward,
        decoder_ffn_dim=architecture.feed_forward,
        encoder_layers=architecture.encoder_layers,
        decoder_layers=architecture.decoder_layers,
        num_feature_levels=architecture.levels,
        encoder_n_points=POINTS,
        decoder_n_points=POINTS,
        num_queries=architecture.queries,
        max_text_len=TEXT_LIMIT,
    )


class _Dino(DinoNetwork):
    """Phrases as spans of a text."""

    def __init__(self, model: Any, processor: Any, placement: Placement) -> None:
        seen = OncePerPicture(model.model.backbone)
        model.model.backbone = seen
        super().__init__(placement, processor.tokenizer, limit=model.config.max_text_len, seen=seen)
        self._model = model
        self._images = processor.image_processor
        self._least = least_side(model.config.num_queries)

    def pixels(self, pixels: npt.NDArray[np.uint8], side: int) -> Tensor:
        size = dict(zip(("shortest_edge", "longest_edge"), size_for(side, self._least), strict=True))
        made = self._images(
            images=pixels, return_tensors="pt", input_data_format="channels_last", **({"size": size} if side else {})
        )
        return made["pixel_values"].to(self.placement.device)

    def forward(self, pixels: Tensor, texts: list[str]) -> tuple[Tensor, Tensor]:
        asked = self.tokenizer(texts, padding="longest", return_tensors="pt").to(self.placement.device)
        answer = self._model(pixel_values=pixels.expand(len(texts), -1, -1, -1), **asked)
        return answer.logits, answer.pred_boxes


class _Owl(LoadedNetwork):
    """Phrases as queries of their own, about a picture that is looked at once."""

    thresholds = Thresholds(box=0.1, text=0.1)
    """Of the processor of transformers; these networks are less sure of themselves."""

    def __init__(self, model: Any, processor: Any, placement: Placement) -> None:
        self._model = model
        self._processor = processor
        self._placement = placement
        self._square = model.config.model_type == "owlv2"
        eyes: nn.Module = getattr(model, model.base_model_prefix)
        self._seen = OncePerPicture(eyes.vision_model)  # type: ignore[arg-type]
        eyes.vision_model = self._seen

    def pack(self, phrases: Sequence[Phrase]) -> list[tuple[Phrase, ...]]:
        return [tuple(phrases)] if phrases else []

    def ask(self, picture: Picture, groups: Sequence[Sequence[Phrase]], effort: Effort) -> list[Sight]:
        """A few phrases at a time, so that memory does not grow with the vocabulary."""
        texts = [f"a photo of a {clean(phrase.text)}" for group in groups for phrase in group]
        framed = widened(np.asarray(picture.pixels))
        side = self._side(effort.side)
        self._seen.look_at((picture.digest, side))
        pixels = self._pixels(framed, side)
        parts = [self._answer(pixels, texts[first : first + _QUERIES]) for first in range(0, len(texts), _QUERIES)]
        height, width = framed.shape[:2]
        frame = (max(width, height),) * 2 if self._square else (width, height)
        xyxy = corners(parts[0].pred_boxes[0], *frame)
        believed = np.concatenate([beliefs(part.logits[0]) for part in parts], axis=1)
        ends = np.cumsum([len(group) for group in groups])[:-1]
        return [Sight(xyxy, columns, columns, columns) for columns in np.split(believed, ends, axis=1)]

    def _answer(self, pixels: Tensor, texts: list[str]) -> Any:
        asked = self._processor(text=[texts], return_tensors="pt", truncation=True).to(self._placement.device)
        usual = pixels.shape[-1] == self._model.config.vision_config.image_size
        with computing(self._placement):
            return self._model(**asked, pixel_values=pixels, interpolate_pos_encoding=not usual)

    def _pixels(self, framed: npt.NDArray[np.uint8], side: int) -> Tensor:
        size = {"height": side, "width": side}
        made = self._processor(images=framed, return_tensors="pt", images_kwargs={"size": size})
        return made["pixel_values"].to(self._placement.device)

    def _side(self, wished: int) -> int:
        """Of the square that the network sees: as it was trained, or less of it where the wish is for less
        than the usual 800 of detectors, in whole patches; never less than half."""
        eyes = self._model.config.vision_config
        share = min(max(wished / SIDE, _LEAST_SHARE), 1.0) if wished else 1.0
        return max(1, int(eyes.image_size * share) // eyes.patch_size) * eyes.patch_size
