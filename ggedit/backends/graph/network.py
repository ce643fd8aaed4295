"""A Stable Diffusion model as the graph editor uses it: words, latents, and one steered call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...core.errors import BackendUnavailable
from ..classical.windows import Rgb
from ..placement import Placement
from .attention import Steering, install
from .ddim import Timeline
from .gating import Gate, open_gates
from .words import Words, encode


@dataclass
class Network:
    """The parts of a Stable Diffusion 1.x or 2.x pipeline.

    gates: of the adapters that the UNet has, by their names.
    calls and rows count what the UNet was asked: calls of it, and latents in them.
    """

    unet: Any
    vae: Any
    text_encoder: Any
    tokenizer: Any
    scheduler: Any
    placement: Placement
    gates: dict[str, Gate] = field(default_factory=dict)
    calls: int = 0
    rows: int = 0
    _texts: dict[str, Words] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, placement: Placement, *, low_memory: bool = False) -> Network:
        """From a folder in diffusers' format.

        Raises:
            BackendUnavailable: not such a folder, or a model of another kind.
        """
        from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline

        try:
            pipe: Any = StableDiffusionPipeline.from_pretrained(
                folder, torch_dtype=placement.dtype, safety_checker=None, local_files_only=True
            )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BackendUnavailable(f"{folder} is no Stable Diffusion pipeline of diffusers: {error}.") from None
        if pipe.unet.config.in_channels != 4:
            raise BackendUnavailable(f"{folder} is not a text-to-image model: GGEDIT_GRAPH_MODEL needs a plain one.")
        if low_memory:
            pipe.vae.enable_tiling()
        pipe.to(placement.device)
        return cls.of(pipe, placement)

    @classmethod
    def of(cls, pipe: Any, placement: Placement) -> Network:
        """Of a loaded pipeline; its UNet gets the steered processor."""
        install(pipe.unet)
        for part in (pipe.unet, pipe.vae, pipe.text_encoder):
            part.eval().requires_grad_(False)
        return cls(pipe.unet, pipe.vae, pipe.text_encoder, pipe.tokenizer, pipe.scheduler, placement)

    @property
    def cell_px(self) -> int:
        """Pixels per latent cell."""
        return 2 ** (len(self.vae.config.block_out_channels) - 1)

    @property
    def multiple_px(self) -> int:
        """Windows are multiples of this, so that every level of the UNet has whole cells."""
        return self.cell_px * 2 ** (len(self.unet.config.block_out_channels) - 1)

    @property
    def trained_px(self) -> int:
        return int(self.unet.config.sample_size) * self.cell_px

    def timeline(self, steps: int) -> Timeline:
        return Timeline.of(self.scheduler, steps)

    @torch.no_grad()
    def words(self, prompts: Sequence[str]) -> Words:
        """Each prompt is encoded once."""
        new = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._texts]
        if new:
            self._texts |= dict(zip(new, encode(new, self.tokenizer, self.text_encoder).split(), strict=True))
        return Words.together([self._texts[prompt] for prompt in prompts])

    def forget_words(self) -> None:
        """After the text encoder or the tokenizer changed."""
        self._texts.clear()

    @torch.no_grad()
    def to_latents(self, pixels: Rgb) -> torch.Tensor:
        """uint8 (h, w, 3) as (1, 4, h / cell, w / cell): the mean of the posterior, scaled."""
        scaled = torch.from_numpy(np.ascontiguousarray(pixels)).float().permute(2, 0, 1)[None] / 127.5 - 1
        given = scaled.to(self.placement.device, self.vae.dtype)
        return self.vae.encode(given).latent_dist.mean.float() * self.vae.config.scaling_factor

    @torch.no_grad()
    def to_pixels(self, latents: torch.Tensor) -> Rgb:
        """(1, 4, h, w) as uint8 (h * cell, w * cell, 3)."""
        given = (latents / self.vae.config.scaling_factor).to(self.placement.device, self.vae.dtype)
        image = self.vae.decode(given).sample[0].float().permute(1, 2, 0).cpu().numpy()
        return np.clip(np.rint((image + 1) * 127.5), 0, 255).astype(np.uint8)

    @torch.no_grad()
    def predict(self, latents: torch.Tensor, time: int, words: Words, steering: Steering | None = None) -> torch.Tensor:
        """The UNet's output for (B, 4, h, w) at one training step with a prompt for each row."""
        self.calls += 1
        self.rows += len(latents)
        open_gates(self.gates.values(), words.ids)
        given = latents.to(self.placement.device, self.unet.dtype)
        more = {"cross_attention_kwargs": {"steering": steering}} if steering is not None else {}
        return self.unet(given, time, encoder_hidden_states=words.states.to(given), **more).sample.float()

    def noise(self, size: tuple[int, int], seed: int) -> torch.Tensor:
        """(1, 4, h, w) of unit noise, drawn on the CPU so that a seed means the same everywhere."""
        generator = torch.Generator().manual_seed(seed)
        channels = int(self.unet.config.in_channels)
        return torch.randn((1, channels, *size), generator=generator).to(self.placement.device)
