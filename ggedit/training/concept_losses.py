"""What one step of concept learning minimises: a window of the picture, a time and a noise."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from ..backends.graph.gating import open_gates
from ..backends.graph.network import Network
from ..backends.graph.words import encode
from .concept_attention import Watch, attention_loss, masked_loss
from .concept_prior import Prior
from .concept_subjects import Subject, class_sentence, positions_of, sentence_of
from .concept_views import Shown, Views


@dataclass(frozen=True)
class Losses:
    """Of one step: all together, and its parts before they are weighted."""

    total: torch.Tensor
    masked: torch.Tensor
    attention: torch.Tensor


@dataclass(frozen=True)
class Draw:
    """A window of the picture as it is shown once.

    subjects: whose masks the window has, in their order. sentence: names each once.
    clean, noise: (4, h, w). time: a training step of the scheduler.
    """

    shown: Shown
    subjects: tuple[Subject, ...]
    sentence: str
    clean: torch.Tensor
    noise: torch.Tensor
    time: int


class Objective:
    """The loss of a network for the subjects; ``prior`` keeps their kinds as they are."""

    def __init__(
        self, network: Network, subjects: Sequence[Subject], *, attention: float, prior: float, classes: Prior | None
    ) -> None:
        self._network = network
        self._subjects = tuple(subjects)
        self._weights = (attention, prior)
        self._classes = classes
        self._alphas = network.scheduler.alphas_cumprod.to(network.placement.device)
        self._velocity = network.scheduler.config.get("prediction_type", "epsilon") == "v_prediction"

    def draw(self, views: Views, generator: torch.Generator) -> Draw:
        """One or two things, a crop, a time and a noise; everything comes from the generator."""
        key = views.draw_key(generator)
        time = int(torch.randint(len(self._alphas), (1,), generator=generator))
        shown = views[key]
        clean = shown.drawn(generator)
        noise = torch.randn(clean.shape, generator=generator).to(clean)
        chosen = tuple(self._subjects[i] for i in key.chosen)
        return Draw(shown, chosen, sentence_of(chosen, self._network.tokenizer), clean, noise, time)

    def step(self, views: Views, generator: torch.Generator) -> Losses:
        """The loss of one draw, with a picture of one thing's kind where there are such. Gradients are
        added up picture by picture, so that the activations of one are in memory at a time."""
        drawn = self.draw(views, generator)
        losses = self.of(drawn)
        losses.total.backward()
        if self._classes is None:
            return losses
        noun = drawn.subjects[int(torch.randint(len(drawn.subjects), (1,), generator=generator))].noun
        kept = self._weights[1] * self.class_loss(noun, drawn.time, generator)
        if kept.requires_grad:  # no adapter acts in phase 1, and nothing learned is named
            kept.backward()
        return Losses((losses.total + kept).detach(), losses.masked, losses.attention)

    def of(self, drawn: Draw) -> Losses:
        """Masked loss, and attention loss of each token on its own mask."""
        found, wanted, maps = self._predict(drawn.clean, drawn.noise, drawn.time, drawn.sentence)
        masked = masked_loss(found, wanted, drawn.shown.masks)
        positions = positions_of(drawn.subjects, drawn.sentence, self._network.tokenizer)
        looked = attention_loss(maps, positions, drawn.shown.targets)
        return Losses(masked + self._weights[0] * looked, masked, looked)

    def class_loss(self, noun: str, time: int, generator: torch.Generator) -> torch.Tensor:
        """Of a picture of the kind, unmasked, under the kind's own name, with the adapter open: a prompt
        without the tokens is safe behind the gate, but other things in a prompt with them are not."""
        assert self._classes is not None
        clean = self._classes.drawn(noun, generator)
        noise = torch.randn(clean.shape, generator=generator).to(clean)
        found, wanted, _ = self._predict(clean, noise, time, class_sentence(noun), everywhere=True)
        return (found - wanted).square().mean()

    def _predict(
        self, clean: torch.Tensor, noise: torch.Tensor, time: int, sentence: str, *, everywhere: bool = False
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The network's output, what it should have been, both (4, h, w), and the maps (N, L).

        Gates stay as they are for this sentence until the next call: a checkpointed block runs again
        in the backward pass.
        """
        network, watch = self._network, Watch(rows=1)
        signal, spread = self._alphas[time] ** 0.5, (1 - self._alphas[time]) ** 0.5
        wanted = signal * noise - spread * clean if self._velocity else noise
        with mixed(network):
            words = encode([sentence], network.tokenizer, network.text_encoder)
            open_gates(network.gates.values(), words.ids, everywhere=everywhere)
            given = (signal * clean + spread * noise)[None].to(network.unet.dtype)
            told = {"watch": watch}
            text = words.states.to(given)
            found = network.unet(given, time, encoder_hidden_states=text, cross_attention_kwargs=told).sample
        return found[0].float(), wanted, watch.mean()[0]


def mixed(network: Network) -> AbstractContextManager[object]:
    """Computing in the frozen weights' format, with the learned ones in float32."""
    dtype = network.placement.dtype
    return nullcontext() if dtype == torch.float32 else torch.autocast(network.placement.device.type, dtype)
