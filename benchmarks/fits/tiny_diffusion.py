"""Fit the tiny Stable Diffusion model of the tests to collages of photographs (needs torch).

    python -m benchmarks.fits.tiny_diffusion        writes tests/tiny/fitted

First the autoencoder, then the UNet with its text encoder: a few minutes of one core. What it draws
is crude; it knows its seven nouns, which is what learning a concept needs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from tests.tiny.collages import GROUNDS, THINGS, random_collage
from tests.tiny.fitted import FOLDER, WORDS, fresh_pipeline

POOL = 160


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=FOLDER)
    arguments.add_argument("--vae-steps", type=int, default=250)
    arguments.add_argument("--steps", type=int, default=800)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    began = time.process_time()
    pipe = fresh_pipeline()
    made = [random_collage(rng) for _ in range(POOL)]
    pixels = torch.from_numpy(np.stack([picture for picture, _ in made])).permute(0, 3, 1, 2).float() / 127.5 - 1
    texts = [text for _, text in made]
    vae_loss = fit_vae(pipe, pixels, given.vae_steps)
    loss = fit_unet(pipe, pixels, texts, given.steps)
    save(pipe, given.out, {"vae_l1": vae_loss, "noise_mse": loss, "cpu_s": round(time.process_time() - began)}, given)


def fit_vae(pipe: Any, pixels: torch.Tensor, steps: int) -> float:
    """Absolute error plus a little of the KL term; leaves the scale that gives latents unit variance."""
    vae = pipe.vae.train()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=2e-3)
    mean = 1.0
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 2e-3 * min(1.0, 2 * (1 - step / steps))
        chosen = torch.randint(len(pixels), (4,))
        y, x = (int(v) for v in torch.randint(64, (2,)))
        part = pixels[chosen, :, y : y + 64, x : x + 64]
        posterior = vae.encode(part).latent_dist
        loss = functional.l1_loss(vae.decode(posterior.sample()).sample, part)
        optimizer.zero_grad()
        (loss + 1e-4 * posterior.kl().mean() / part[0].numel() * 100).backward()
        optimizer.step()
        mean += 0.03 * (float(loss.detach()) - mean)
        told("autoencoder", step, mean)
    with torch.no_grad():
        spread = float(vae.eval().encode(pixels[:32]).latent_dist.mean.std())
    vae.register_to_config(scaling_factor=round(1 / spread, 4))
    return round(mean, 4)


def fit_unet(pipe: Any, pixels: torch.Tensor, texts: list[str], steps: int) -> float:
    """The noise of the collages' latents, a tenth of them without words."""
    with torch.no_grad():
        latents = torch.cat([pipe.vae.encode(part).latent_dist.mean for part in pixels.split(16)])
    latents *= pipe.vae.config.scaling_factor
    ids = pipe.tokenizer(texts, padding="max_length", max_length=77, return_tensors="pt").input_ids
    empty = pipe.tokenizer([""], padding="max_length", max_length=77, return_tensors="pt").input_ids
    weights = [*pipe.unet.train().parameters(), *pipe.text_encoder.train().parameters()]
    optimizer = torch.optim.AdamW(weights, lr=2e-3)
    mean = 1.0
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 2e-3 * min((step + 1) / 50, 1.0, 2 * (1 - step / steps))
        chosen = torch.randint(len(latents), (8,))
        clean, noise = latents[chosen], torch.randn(8, *latents.shape[1:])
        times = torch.randint(1000, (8,))
        words = torch.where(torch.rand(8, 1) < 0.1, empty, ids[chosen])
        noisy = pipe.scheduler.add_noise(clean, noise, times)
        found = pipe.unet(noisy, times, encoder_hidden_states=pipe.text_encoder(words)[0]).sample
        loss = functional.mse_loss(found, noise)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        mean += 0.01 * (float(loss.detach()) - mean)
        told("network", step, mean)
    return round(mean, 4)


def told(what: str, step: int, loss: float) -> None:
    if step % 100 == 99:
        sys.stderr.write(f"{what}: step {step + 1}, loss {loss:.4f}, {time.process_time():.0f} s of one core\n")


def save(pipe: Any, out: Path, figures: dict[str, float], given: argparse.Namespace) -> None:
    """Half precision, in diffusers' own layout."""
    for part in (pipe.vae, pipe.unet, pipe.text_encoder):
        part.half().eval()
    pipe.save_pretrained(out)
    card = {
        "name": "ggedit tiny Stable Diffusion for tests",
        "made_by": "python -m benchmarks.fits.tiny_diffusion",
        "photographs": sorted({photo for photo, _ in (*THINGS.values(), *GROUNDS.values())}),
        "pictures_from": "scikit-image and scikit-learn, as they come with these packages",
        "words": list(WORDS),
        "steps": {"vae": given.vae_steps, "unet": given.steps},
        "seed": given.seed,
        "figures": figures,
        "licence": "Apache-2.0",
    }
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
