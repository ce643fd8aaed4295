"""The pipelines that the editor runs, each as diffusers ships it: how to call them, and their latents.

A family knows what a pipeline class wants to be given, in which layout its latents are, and which
rows of a batch belong to guidance. Steps, blending and previews are the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from diffusers.pipelines.flux.pipeline_flux_kontext import calculate_shift
from PIL import Image

from ...core.geometry import Extent
from ..classical.windows import Plane, Rgb
from .tasks import Task, Usual
from .windows import ModelSize

Words = Mapping[str, torch.Tensor]
"""Text embeddings by the name of the pipeline's argument."""

_BARELY = 1.0 + 1e-6
"""A guidance scale that pipelines take for switched on and that changes nothing: the batch keeps its rows."""


@dataclass(frozen=True)
class Encoded:
    """A window's picture as latents: in the sampler's layout and scale, and as the model's condition."""

    source: torch.Tensor
    condition: torch.Tensor


class Family(Protocol):
    """One kind of pipeline. ``instructed``: reads "make it blue", not "a blue car"."""

    instructed: ClassVar[bool]
    usual: ClassVar[Usual]
    pipeline: Any

    def size(self) -> ModelSize: ...

    @property
    def cell(self) -> int:
        """Pixels per latent cell."""
        ...

    def words(self, prompt: str, negative: str) -> Words: ...

    def encode(self, pixels: Rgb) -> Encoded: ...

    def laid_out(self, cells: Plane) -> torch.Tensor:
        """A mask on the latent grid in the layout of the latents."""
        ...

    def as_map(self, latents: torch.Tensor, extent: Extent) -> torch.Tensor:
        """Latents as (n, channels, h, w)."""
        ...

    def set_steps(self, scheduler: Any, task: Task) -> None:
        """The sampler's steps as the pipeline will set them."""
        ...

    def arguments(self, task: Task, encoded: Encoded, words: Words) -> dict[str, Any]:
        """What the pipeline is called with, without latents, generators and callbacks."""
        ...

    @property
    def guided_rows(self) -> tuple[str, ...]:
        """Tensors that the callback sees whose rows belong to guidance."""
        ...

    def ease(self, task: Task, step: int, rows: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Set the guidance of the step after this one; the rows it needs of ``guided_rows``."""
        ...


class _StableDiffusion:
    """What the pipelines over Stable Diffusion's UNet share."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline

    @property
    def cell(self) -> int:
        return int(self.pipeline.vae_scale_factor)

    def size(self) -> ModelSize:
        unet = self.pipeline.unet.config
        halvings = len(unet.down_block_types) - 1
        return ModelSize(int(unet.sample_size) * self.cell, self.cell * 2**halvings)

    def laid_out(self, cells: Plane) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(cells, np.float32))[None, None]

    def as_map(self, latents: torch.Tensor, extent: Extent) -> torch.Tensor:
        return latents

    def set_steps(self, scheduler: Any, task: Task) -> None:
        scheduler.set_timesteps(task.tuning.steps)

    def _mode(self, pixels: Rgb) -> torch.Tensor:
        """The posterior's mode, unscaled: (1, c, h, w)."""
        image = self.pipeline.image_processor.preprocess(Image.fromarray(pixels))
        image = image.to(self.pipeline._execution_device, self.pipeline.vae.dtype)
        return self.pipeline.vae.encode(image).latent_dist.mode()

    @property
    def _scaling(self) -> float:
        return float(self.pipeline.vae.config.scaling_factor)


class InstructPix2Pix(_StableDiffusion):
    """Brooks, Holynski, Efros: InstructPix2Pix, CVPR 2023. Three rows per picture:
    e = e(0,0) + image scale * (e(I,0) - e(0,0)) + text scale * (e(I,T) - e(I,0)), their eq. 3."""

    instructed: ClassVar[bool] = True
    usual: ClassVar[Usual] = Usual(steps=50, guidance=7.5)

    def words(self, prompt: str, negative: str) -> Words:
        device = self.pipeline._execution_device
        rows = self.pipeline._encode_prompt(prompt, device, 1, True, negative)
        return {"prompt_embeds": rows[:1], "negative_prompt_embeds": rows[1:2]}

    def encode(self, pixels: Rgb) -> Encoded:
        mode = self._mode(pixels)
        return Encoded(mode * self._scaling, mode)

    def arguments(self, task: Task, encoded: Encoded, words: Words) -> dict[str, Any]:
        text, image = _scales(task, 0)
        return {
            **words,
            "image": encoded.condition.repeat(len(task.seeds), 1, 1, 1),
            "num_images_per_prompt": len(task.seeds),
            "num_inference_steps": task.tuning.steps,
            "guidance_scale": text,
            "image_guidance_scale": image,
        }

    @property
    def guided_rows(self) -> tuple[str, ...]:
        return ("prompt_embeds", "image_latents")

    def ease(self, task: Task, step: int, rows: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        if _is_guided(task, step + 1):
            self.pipeline._guidance_scale, self.pipeline._image_guidance_scale = _scales(task, step + 1)
            return dict(rows)
        self.pipeline._guidance_scale = 1.0  # off: the pipeline then runs the rows with words and picture alone
        return {name: tensor[: len(task.seeds)] for name, tensor in rows.items()}


class Inpainting(_StableDiffusion):
    """Stable Diffusion with nine input channels (Rombach et al., CVPR 2022, section 4.5): noise,
    mask, and the picture without what the mask covers."""

    instructed: ClassVar[bool] = False
    usual: ClassVar[Usual] = Usual(steps=50, guidance=7.5)

    def words(self, prompt: str, negative: str) -> Words:
        device = self.pipeline._execution_device
        text, empty = self.pipeline.encode_prompt(prompt, device, 1, True, negative or None)
        return {"prompt_embeds": text, "negative_prompt_embeds": empty}

    def encode(self, pixels: Rgb) -> Encoded:
        mode = self._mode(pixels)
        return Encoded(mode * self._scaling, mode)

    def arguments(self, task: Task, encoded: Encoded, words: Words) -> dict[str, Any]:
        hole = task.alpha > 0
        holed = np.where(hole[..., None], np.uint8(127), task.pixels)  # 127: the middle, 0 after scaling
        extent = Extent.of(task.pixels)
        return {
            **words,
            "image": Image.fromarray(task.pixels),
            "mask_image": Image.fromarray(hole),
            "masked_image_latents": self._mode(holed) * self._scaling,
            "height": extent.height,
            "width": extent.width,
            "num_images_per_prompt": len(task.seeds),
            "num_inference_steps": task.tuning.steps,
            "guidance_scale": _scales(task, 0)[0],
        }

    @property
    def guided_rows(self) -> tuple[str, ...]:
        return ("prompt_embeds", "mask", "masked_image_latents")

    def ease(self, task: Task, step: int, rows: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        if _is_guided(task, step + 1):
            self.pipeline._guidance_scale = _scales(task, step + 1)[0]
            return dict(rows)
        self.pipeline._guidance_scale = 1.0
        return {name: tensor[-len(task.seeds) :] for name, tensor in rows.items()}


class Kontext:
    """FLUX.1 Kontext (Labs et al. 2025, arXiv:2506.15742): the picture's latents follow those of the
    result as more tokens; cells are packed two by two; guidance is a number that the model reads."""

    instructed: ClassVar[bool] = True
    usual: ClassVar[Usual] = Usual(steps=28, guidance=2.5)

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline

    @property
    def cell(self) -> int:
        return int(self.pipeline.vae_scale_factor)

    def size(self) -> ModelSize:
        return ModelSize(int(self.pipeline.default_sample_size) * self.cell, self.cell * 2)

    def words(self, prompt: str, negative: str) -> Words:
        text, pooled, _ = self.pipeline.encode_prompt(prompt=prompt, prompt_2=prompt)
        return {"prompt_embeds": text, "pooled_prompt_embeds": pooled}

    def encode(self, pixels: Rgb) -> Encoded:
        pipe = self.pipeline
        image = pipe.image_processor.preprocess(Image.fromarray(pixels)).to(pipe._execution_device, pipe.vae.dtype)
        latents = pipe._encode_vae_image(image, generator=None)
        return Encoded(self._packed(latents), latents)

    def _packed(self, latents: torch.Tensor) -> torch.Tensor:
        rows, channels, height, width = latents.shape
        return self.pipeline._pack_latents(latents, rows, channels, height, width)

    def laid_out(self, cells: Plane) -> torch.Tensor:
        channels = self.pipeline.transformer.config.in_channels // 4
        plane = torch.from_numpy(np.ascontiguousarray(cells, np.float32))
        return self._packed(plane.expand(1, channels, *cells.shape).contiguous())

    def as_map(self, latents: torch.Tensor, extent: Extent) -> torch.Tensor:
        return self.pipeline._unpack_latents(latents, extent.height, extent.width, self.cell)

    def set_steps(self, scheduler: Any, task: Task) -> None:
        settings, count = scheduler.config, task.cells.size // 4
        shift = calculate_shift(
            count,
            settings.get("base_image_seq_len", 256),
            settings.get("max_image_seq_len", 4096),
            settings.get("base_shift", 0.5),
            settings.get("max_shift", 1.15),
        )
        scheduler.set_timesteps(sigmas=_straight(task.tuning.steps), mu=shift)

    def arguments(self, task: Task, encoded: Encoded, words: Words) -> dict[str, Any]:
        extent = Extent.of(task.pixels)
        return {
            **words,
            "image": encoded.condition.repeat(len(task.seeds), 1, 1, 1),
            "height": extent.height,
            "width": extent.width,
            "max_area": extent.area,
            "_auto_resize": False,
            "num_images_per_prompt": len(task.seeds),
            "num_inference_steps": task.tuning.steps,
            "sigmas": _straight(task.tuning.steps),
            "guidance_scale": task.tuning.guidance,
        }

    @property
    def guided_rows(self) -> tuple[str, ...]:
        return ()

    def ease(self, task: Task, step: int, rows: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Guidance is distilled into the model and the same in every step."""
        return {}


def _straight(steps: int) -> list[float]:
    """Kontext's noise levels before its shift: equal steps from 1 to 1 / steps."""
    return np.linspace(1.0, 1 / steps, steps).tolist()


def _is_guided(task: Task, step: int) -> bool:
    """Whether a step of the run lies in the guidance interval (Kynkaanniemi et al. 2024,
    arXiv:2404.07724): outside it the conditional prediction alone is used."""
    tuning = task.tuning
    return tuning.guidance_from <= (tuning.first_step + step) / tuning.steps < max(tuning.guidance_to, 1e-9)


def _scales(task: Task, step: int) -> tuple[float, float]:
    """Text and image scale for a step of the run that has all its rows."""
    if _is_guided(task, step):
        return max(task.tuning.guidance, _BARELY), task.tuning.image_guidance
    return _BARELY, 1.0


FAMILIES: dict[str, type] = {
    "StableDiffusionInstructPix2PixPipeline": InstructPix2Pix,
    "StableDiffusionInpaintPipeline": Inpainting,
    "FluxKontextPipeline": Kontext,
}
"""By the class that a pipeline's model_index.json names."""
