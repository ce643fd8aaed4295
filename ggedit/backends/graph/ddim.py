"""DDIM forwards and backwards, on the noise of the model's own scheduler.

Song et al., Denoising Diffusion Implicit Models (ICLR 2021), equation 12 with eta 0, and its
reverse (section 4.3). The last step goes to the clean latent, so that none is an identity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Timeline:
    """``times[i]`` is the training step at which the network is asked in step i, noisiest first;
    ``alphas[i]`` the cumulative alpha before step i, ``alphas[n]`` = 1 after the last one."""

    times: tuple[int, ...]
    alphas: tuple[float, ...]
    prediction: str = "epsilon"

    @classmethod
    def of(cls, scheduler: Any, steps: int) -> Timeline:
        """``steps`` equal strides over the scheduler's training steps."""
        stride = scheduler.config.num_train_timesteps // steps
        times = tuple(stride * (steps - 1 - i) for i in range(steps))
        alphas = scheduler.alphas_cumprod
        kind = scheduler.config.get("prediction_type", "epsilon")
        return cls(times, (*(float(alphas[t]) for t in times), 1.0), kind)

    @property
    def steps(self) -> int:
        return len(self.times)

    def split(self, latents: torch.Tensor, output: torch.Tensor, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The clean latents and the noise that the network's output means before ``step``."""
        alpha = self.alphas[step]
        signal, noise = alpha**0.5, (1 - alpha) ** 0.5
        if self.prediction == "v_prediction":
            return signal * latents - noise * output, signal * output + noise * latents
        return (latents - noise * output) / signal, output

    def forward(self, latents: torch.Tensor, output: torch.Tensor, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The latents after ``step``, and the clean latents it aims at."""
        clean, noise = self.split(latents, output, step)
        return self.noised(clean, noise, step + 1), clean

    def noised(self, clean: torch.Tensor, noise: torch.Tensor, step: int) -> torch.Tensor:
        """Clean latents and noise at the level before ``step``; step n is clean."""
        alpha = self.alphas[step]
        return alpha**0.5 * clean + (1 - alpha) ** 0.5 * noise

    def backward(self, latents: torch.Tensor, output: torch.Tensor, step: int) -> torch.Tensor:
        """From the level after ``step`` to the one before it, with the network asked at the level it
        goes to. ``split`` there would be circular: the output stands for both ends (section 4.3)."""
        after, before = self.alphas[step + 1], self.alphas[step]
        if self.prediction == "v_prediction":
            signal, noise = after**0.5, (1 - after) ** 0.5
            clean, xi = signal * latents - noise * output, signal * output + noise * latents
        else:
            clean, xi = (latents - (1 - after) ** 0.5 * output) / after**0.5, output
        return before**0.5 * clean + (1 - before) ** 0.5 * xi
