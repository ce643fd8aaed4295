"""Small pictures of what is being drawn, without running the decoder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from ...core.geometry import Extent
from ..classical.windows import Rgb

Preview = Callable[[torch.Tensor], Rgb]
"""From a clean latent (channels, h, w) to uint8 (h, w, 3)."""

TINY_DECODER = "tiny_decoder"
"""Folder beside the pipeline's parts with an ``AutoencoderTiny``; used for previews where it is."""

_RIDGE = 1e-3


def fitted_preview(latents: torch.Tensor, pixels: Rgb) -> Preview:
    """A linear map from latent channels to colours, fitted to the window that is edited.

    Latent channels are close to linear in colour. The window gives thousands of pairs (a cell and
    its mean colour), so the map is found by least squares, for any autoencoder.

    Args:
        latents: the window's own latents, (channels, h, w).
        pixels: uint8 of the window at the model's size.
    """
    cells = _rows(latents)
    size = Extent(latents.shape[2], latents.shape[1])
    colours = cv2.resize(pixels, tuple(size), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float64)
    normal = cells.T @ cells + _RIDGE * np.eye(cells.shape[1])
    weights = np.linalg.solve(normal, cells.T @ colours)

    def preview(clean: torch.Tensor) -> Rgb:
        shown = (_rows(clean) @ weights).reshape(clean.shape[1], clean.shape[2], 3)
        return np.clip(np.rint(shown), 0, 255).astype(np.uint8)

    return preview


def _rows(latents: torch.Tensor) -> np.ndarray:
    """Cells as rows (h * w, channels + 1), the last column 1."""
    flat = latents.detach().float().cpu().numpy().reshape(latents.shape[0], -1).T
    return np.concatenate([flat, np.ones((len(flat), 1))], axis=1).astype(np.float64)


def load_tiny_decoder(folder: Path, device: torch.device) -> Preview | None:
    """A preview by the tiny autoencoder that lies in a pipeline's folder, if one does."""
    if not (folder / TINY_DECODER / "config.json").is_file():
        return None
    from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny

    tiny: Any = AutoencoderTiny.from_pretrained(folder / TINY_DECODER, local_files_only=True).to(device).eval()  # type: ignore[union-attr]

    @torch.no_grad()
    def preview(clean: torch.Tensor) -> Rgb:
        shown = tiny.decode(clean[None].to(device, tiny.dtype)).sample[0]
        levels = ((shown.float().cpu().clamp(-1, 1) + 1) * 127.5).round()
        return levels.permute(1, 2, 0).numpy().astype(np.uint8)

    return preview
