"""Learned measures of an edit: CLIP, DINO and LPIPS, each with the model that its papers use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..model_files import model_file, model_folder
from ..ports import ScoreRequest
from .placement import Placement, free_memory, place
from .weights import load_state

if TYPE_CHECKING:
    import torch

ALEXNET_FILES = ("lpips/alexnet.safetensors", "lpips/alexnet-owt-7be5be79.pth")
"""AlexNet as torchvision publishes it (``AlexNet_Weights.IMAGENET1K_V1``), below the checkpoints."""

_PERCENT = 100.0
"""CLIP similarities are reported as 100 times the cosine, as in Hessel et al. 2021 without its factor."""


def _folder(settings: Settings, named: str) -> str:
    folder = model_folder(named, settings)
    if folder is None:
        raise BackendUnavailable(f"The model {named} is not on this machine: fetch it with `ggedit models fetch`.")
    return str(folder)


class _Model:
    """A transformers model and its processor, loaded when first used."""

    def __init__(self, settings: Settings, named: str) -> None:
        self._settings = settings
        self._named = named

    @cached_property
    def placement(self) -> Placement:
        return place(self._settings)

    @cached_property
    def model(self) -> Any:
        from transformers import AutoModel

        folder = _folder(self._settings, self._named)
        return AutoModel.from_pretrained(folder, local_files_only=True).to(self.placement.device).eval()

    @cached_property
    def processor(self) -> Any:
        from transformers import AutoProcessor

        return AutoProcessor.from_pretrained(_folder(self._settings, self._named), local_files_only=True)

    def forget(self) -> None:
        self.__dict__.pop("model", None)
        free_memory()

    def inputs(self, **given: Any) -> Any:
        """The processor's tensors on the model's device."""
        return self.processor(return_tensors="pt", **given).to(self.placement.device)


class ClipScorer:
    """Text and picture similarity (Radford et al. 2021): the whole result, its edited part, and the
    direction of the change (Gal et al. 2022, StyleGAN-NADA, equation 2)."""

    def __init__(self, settings: Settings) -> None:
        self._model = _Model(settings, settings.clip_model)

    def score(self, request: ScoreRequest) -> Mapping[str, float]:
        """``clip_whole`` and ``clip_edited`` (100 times the cosine; the rest of the picture black, as
        PIE-Bench does), ``clip_direction`` (cosine); without a caption nothing."""
        if not request.caption:
            return {}
        after = request.after.pixels
        text = self._text(request.caption)
        found = {"clip_whole": _PERCENT * _cosine(self._picture(after), text)}
        if request.allowed is not None and request.allowed.area:
            part = np.where(request.allowed.full()[..., None], after, 0)
            found["clip_edited"] = _PERCENT * _cosine(self._picture(part), text)
        if request.source_caption:
            moved = self._picture(after) - self._picture(request.before.pixels)
            found["clip_direction"] = _cosine(moved, text - self._text(request.source_caption))
        return found

    def release(self) -> None:
        self._model.forget()

    def _text(self, words: str) -> npt.NDArray[np.float32]:
        import torch

        inputs = self._model.inputs(text=[words], padding=True, truncation=True)
        with torch.inference_mode():
            return _unit(_features(self._model.model.get_text_features(**inputs)))

    def _picture(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        import torch

        inputs = self._model.inputs(images=[np.array(pixels)])
        with torch.inference_mode():
            return _unit(_features(self._model.model.get_image_features(**inputs)))


class DinoScorer:
    """How much of the picture's content is still there: cosine of the class tokens before and
    after (Caron et al. 2021; as a measure of edits: Ruiz et al. 2023, DreamBooth, section 4.1)."""

    def __init__(self, settings: Settings) -> None:
        self._model = _Model(settings, settings.dino_model)

    def score(self, request: ScoreRequest) -> Mapping[str, float]:
        return {"dino": _cosine(self._token(request.before.pixels), self._token(request.after.pixels))}

    def release(self) -> None:
        self._model.forget()

    def _token(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            hidden = self._model.model(**self._model.inputs(images=[np.array(pixels)])).last_hidden_state
        return _unit(hidden[:, 0])


class LpipsScorer:
    """Perceptual distance outside the allowed region (Zhang et al. 2018, AlexNet, version 0.1): both
    pictures black inside it, as PIE-Bench does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def score(self, request: ScoreRequest) -> Mapping[str, float]:
        import torch

        if request.allowed is None:
            return {}
        kept = ~request.allowed.full()[..., None]
        before, after = (self._tensor(np.where(kept, p.pixels, 0)) for p in (request.before, request.after))
        with torch.inference_mode():
            return {"lpips_outside": float(self._net(before, after).mean())}

    def release(self) -> None:
        self.__dict__.pop("_net", None)
        free_memory()

    @cached_property
    def _net(self) -> Any:
        from torchmetrics.functional.image.lpips import _LPIPS

        net = _LPIPS(pretrained=True, net="alex", pnet_rand=True)
        _load_backbone(net.net, load_state(self._file))
        return net.to(place(self._settings).device).eval()

    @property
    def _file(self) -> Any:
        file = model_file("auto", ALEXNET_FILES, self._settings)
        if file is None:
            raise BackendUnavailable("LPIPS needs torchvision's AlexNet: `ggedit models fetch lpips`.")
        return file

    def _tensor(self, pixels: npt.NDArray[np.uint8]) -> torch.Tensor:
        import torch

        scaled = torch.from_numpy(pixels.astype(np.float32) / 127.5 - 1.0)
        return scaled.permute(2, 0, 1)[None].to(place(self._settings).device)


def _load_backbone(net: torch.nn.Module, state: Mapping[str, torch.Tensor]) -> None:
    """torchmetrics keeps AlexNet's ``features.N`` in slices as ``sliceK.N``: only the last number tells."""
    wanted = {}
    for name in net.state_dict():
        _, _, rest = name.partition(".")
        key = f"features.{rest}"
        if key not in state:
            raise BackendUnavailable(f"The AlexNet file lacks {key}: fetch torchvision's own file.")
        wanted[name] = state[key]
    net.load_state_dict(wanted)


def _features(output: Any) -> torch.Tensor:
    """transformers returns the projected features bare or as ``pooler_output``, by version."""
    return getattr(output, "pooler_output", output)


def _unit(features: torch.Tensor) -> npt.NDArray[np.float32]:
    vector = features[0].float().cpu().numpy()
    return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)


def _cosine(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return 0.0 if length < 1e-12 else float(a @ b) / length
