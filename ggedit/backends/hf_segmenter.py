"""Masks by transformers: SAM, SAM 2 and 2.1, SlimSAM, by hub id or folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..model_files import WEIGHTS, model_folder
from .placement import Placement, out_of_memory, place, require_memory
from .prompting.answer import Answer
from .prompting.frame import Floats
from .prompting.segmenter import Embedding, ModelPrompt, PromptedSegmenter

if TYPE_CHECKING:
    import torch

_KINDS = {"sam": True, "sam2": False, "sam2_video": False}
"""Model type in config.json -> whether pictures are padded to a square or stretched to one."""
_ATTENTION_COPIES = 2.5
_HIERA_BYTES = 700
"""Working memory of the encoders beside their weights, measured by benchmarks/segmentation.py: SAM's holds so many
of its largest attention matrices, SAM 2's so many bytes per pixel of its input."""


class TransformersSegmenter(PromptedSegmenter):
    """Segment Anything and its successors as transformers runs them (``GGEDIT_SEGMENTER_MODEL``)."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, _load)


class TransformersMaskModel:
    """The encoder in the number format of the device, the small decoder in float32, because
    half-precision coordinates are off by whole pixels."""

    def __init__(self, model: Any, placement: Placement, *, low_memory: bool) -> None:
        prompts = model.config.prompt_encoder_config
        self.side_px = _side(prompts.image_size)
        self.mask_px = 4 * self.side_px // _side(prompts.patch_size)
        self.padded = _KINDS[model.config.model_type]
        self._model = model
        self._placement = placement
        self._device = placement.device
        self._low_memory = low_memory and placement.device.type != "cpu"
        model.vision_encoder.to("cpu" if self._low_memory else placement.device, placement.dtype)
        model.vision_encoder.register_forward_hook(_in_float32)
        for name, part in model.named_children():
            if name != "vision_encoder":
                part.to(placement.device)
        for parameter in model.parameters(recurse=False):
            parameter.data = parameter.data.to(placement.device)

    def encode(self, pixels: Floats) -> Embedding:
        import torch

        encoder, placement = self._model.vision_encoder, self._placement
        if self._low_memory:
            encoder.to(placement.device)
        with torch.inference_mode():
            found = self._model.get_image_embeddings(
                torch.from_numpy(pixels)[None].to(placement.device, placement.dtype)
            )
        if self._low_memory:
            encoder.to("cpu")
        return tuple(level.float().cpu() for level in (found if isinstance(found, list) else [found]))

    def decode(self, embedding: Embedding, prompt: ModelPrompt) -> Answer:
        import torch

        device = self._device
        levels = [level.to(device) for level in embedding]
        points: dict[str, torch.Tensor] = {}
        if len(prompt.xy):
            points["input_points"] = torch.from_numpy(prompt.xy)[None, None].to(device)
            points["input_labels"] = torch.from_numpy(prompt.labels)[None, None].to(device)
        if prompt.box is not None:
            points["input_boxes"] = torch.from_numpy(prompt.box)[None, None].to(device)
        if prompt.mask is not None:
            points["input_masks"] = torch.from_numpy(prompt.mask)[None, None].to(device)
        with torch.inference_mode():
            said = self._model(
                image_embeddings=levels[0] if self.padded else levels, multimask_output=prompt.several, **points
            )
        return Answer(said.pred_masks[0, 0].cpu().numpy(), said.iou_scores[0, 0].cpu().numpy())

    def offload(self) -> None:
        import torch

        self._low_memory = False
        self._placement = Placement(torch.device("cpu"), torch.float32)
        self._model.vision_encoder.to("cpu", torch.float32)


def _in_float32(encoder: Any, given: Any, output: Any) -> Any:
    """What the encoder hands out goes to float32 modules."""
    for name, value in output.items():
        if isinstance(value, tuple):
            output[name] = tuple(level.float() for level in value)
        elif value is not None:
            output[name] = value.float()
    return output


def _load(settings: Settings) -> TransformersMaskModel:
    import torch
    from transformers import AutoConfig, AutoModelForMaskGeneration

    folder = model_folder(settings.segmenter_model, settings)
    if folder is None:
        raise BackendUnavailable(
            f"The model {settings.segmenter_model} is not on this machine: `ggedit models fetch sam-hf` gets it."
        )
    placement = place(settings)
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        if config.model_type not in _KINDS:
            raise BackendUnavailable(
                f"{settings.segmenter_model} is a model of the kind {config.model_type}; "
                f"this backend runs {', '.join(_KINDS)}."
            )
        doing = f"The model {settings.segmenter_model}"
        require_memory(_bytes(folder), placement, work_mib=_work_mib(config), doing=doing)
        with _quiet():
            model, report = AutoModelForMaskGeneration.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32, output_loading_info=True, weights_only=True
            )
    except (OSError, ValueError, RuntimeError, KeyError, UnpicklingError) as error:
        if out_of_memory(error):
            raise
        raise BackendUnavailable(
            f"The model in {folder} cannot be loaded ({type(error).__name__}): "
            "it is not whole, damaged, or holds program code, which is never run. Fetch it again."
        ) from None
    if report["missing_keys"] or report["mismatched_keys"]:
        raise BackendUnavailable(f"The weights in {folder} are not those of its config.json: fetch the model again.")
    return TransformersMaskModel(model.eval(), placement, low_memory=settings.low_memory)


def _work_mib(config: Any) -> float:
    """What the encoder needs beside its weights."""
    prompts = config.prompt_encoder_config
    side = _side(prompts.image_size)
    if config.model_type != "sam":
        return _HIERA_BYTES * side**2 / 2**20
    tokens = (side // _side(prompts.patch_size)) ** 2
    return _ATTENTION_COPIES * config.vision_config.num_attention_heads * tokens**2 * 4 / 2**20


def _bytes(folder: Path) -> int:
    """Size of the weights that would be read."""
    files = [path for path in folder.iterdir() if path.suffix in WEIGHTS]
    preferred = [path for path in files if path.suffix == ".safetensors"] or files
    return sum(path.stat().st_size for path in preferred)


def _side(size: Any) -> int:
    """transformers writes a square's side as one number or as two."""
    return int(size[0]) if isinstance(size, (list, tuple)) else int(size)


@contextmanager
def _quiet() -> Iterator[None]:
    """transformers reports the parts of a file that are not used here (the memory of SAM 2's video model)."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()
