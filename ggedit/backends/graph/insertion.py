"""Draw things in their places: regional noise, steered attention, and the real background around."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from .attention import Borrowing, Modulation, Steering, strength_at
from .ddim import Timeline
from .layouts import Regions
from .network import Network
from .removal import Reached, tie
from .words import BACKGROUND, Prompt, token_map

Refine = Callable[[torch.Tensor], torch.Tensor | None]
"""From the clean latents of a sample, (1, 4, h, w), the soft mask of what was drawn, float (h, w);
None where it found nothing plausible."""


@dataclass(frozen=True)
class Schedule:
    """Which part of the run does what, in steps of the timeline (SGEdit's values of 50).

    multi: regions are drawn apart before this step. attend: attention is steered before it.
    refine: the drawn things' own masks take over from the boxes here.
    """

    multi: int = 10
    attend: int = 15
    refine: int = 25

    @classmethod
    def of(cls, steps: int) -> Schedule:
        """The same shares of a run of another length."""
        return cls(round(steps * 0.2), round(steps * 0.3), round(steps * 0.5))


@dataclass(frozen=True)
class Lent:
    """A thing of the picture whose looks are to be kept without having been learned: the inverted
    trajectory that shows it, and the cells that it covers there."""

    trajectory: list[torch.Tensor]
    cells: torch.Tensor


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn.

    prompt: the whole scene's sentence with each thing's places in it.
    regional: one prompt per thing, in the same order.
    regions: one per thing, at the latents' size.
    around: float (h, w), 0 where the background is tied from the first step on.
    background: (1, 4, h, w) levels, ``background(i)`` before step i; n is clean.
    seeds: one per sample. negative: what must not be there.
    """

    prompt: Prompt
    regional: tuple[Prompt, ...]
    regions: Regions
    around: torch.Tensor
    background: Callable[[int], torch.Tensor]
    seeds: tuple[int, ...]
    negative: str = ""
    guidance: float = 7.5
    lent: Lent | None = None


def draw(
    network: Network, timeline: Timeline, wish: Drawing, *, schedule: Schedule, refine: Refine
) -> Iterator[Reached]:
    """All samples together; the samples of a step are rows of one call.

    Rows per step, for S samples and K things: (K + 1) 2 S while things are drawn apart, 4 S while
    attention is steered, 2 S after (one more row throughout where looks are lent).
    """
    size = (wish.around.shape[0], wish.around.shape[1])
    latents = torch.cat([network.noise(size, seed) for seed in wish.seeds])
    masks = wish.around.expand(len(wish.seeds), 1, *size).to(latents)
    for step in range(timeline.steps):
        if step < schedule.attend:
            guided = _steered(network, timeline, wish, latents, step=step, apart=step < schedule.multi)
        else:
            guided = _plain(network, timeline, wish, latents, step)
        latents, clean = timeline.forward(latents, guided, step)
        if step == schedule.refine:
            masks = _refined(clean, masks, refine)
        latents = tie(latents, wish.background(step + 1), masks)
        yield Reached(step, latents, clean)


def _refined(clean: torch.Tensor, masks: torch.Tensor, refine: Refine) -> torch.Tensor:
    found = [refine(sample) for sample in clean.split(1)]
    return torch.cat([m if f is None else f[None, None].to(m) for f, m in zip(found, masks.split(1), strict=True)])


def _plain(network: Network, timeline: Timeline, wish: Drawing, latents: torch.Tensor, step: int) -> torch.Tensor:
    count = len(latents)
    text = [wish.negative] * count + [wish.prompt.text] * count
    without, wanted = _ask(network, timeline, wish, [latents, latents], text, step=step).split(count)
    return without + wish.guidance * (wanted - without)


def _steered(
    network: Network, timeline: Timeline, wish: Drawing, latents: torch.Tensor, *, step: int, apart: bool
) -> torch.Tensor:
    """Inside the regions the things' noise, outside the background's; each with its own guidance."""
    count, many = len(latents), apart and len(wish.regions) > 1
    prompts = wish.regional if many else (wish.prompt,)
    layouts = [wish.regions.alone(k) for k in range(len(wish.regions))] if many else [wish.regions]
    parts = len(prompts) + 1
    text = [wish.negative] * (count * parts)
    for prompt in prompts:
        text += [prompt.text] * count
    text += [BACKGROUND] * count
    modulation = _modulation(network, prompts, layouts, count=count, first=count * parts, step=step, timeline=timeline)
    output = _ask(network, timeline, wish, [latents] * (2 * parts), text, step=step, modulation=modulation)
    without, wanted = (half.split(count) for half in output.split(count * parts))
    guided = [u + wish.guidance * (w - u) for u, w in zip(without, wanted, strict=True)]
    return _pieced(guided[:-1], guided[-1], wish.regions)


def _pieced(things: Sequence[torch.Tensor], background: torch.Tensor, regions: Regions) -> torch.Tensor:
    """Each region's own prediction, the background's elsewhere."""
    if len(things) == 1:
        return torch.where(regions.union.to(background.device), things[0], background)
    for thing, owner in zip(things, regions.owners, strict=True):
        background = torch.where(owner.to(background.device), thing, background)
    return background


def _modulation(
    network: Network,
    prompts: Sequence[Prompt],
    layouts: Sequence[Regions],
    *,
    count: int,
    first: int,
    step: int,
    timeline: Timeline,
) -> Modulation:
    """Steering of the conditional rows that draw things: ``count`` rows per prompt from ``first`` on."""
    rows, regions, tokens, exempt = [], [], [], []
    for number, (prompt, layout) in enumerate(zip(prompts, layouts, strict=True)):
        speaks, silent = token_map(prompt, network.tokenizer)
        if len(speaks) < len(layout):  # a regional prompt speaks of its own region only
            whole = torch.zeros((len(layout), speaks.shape[1]), dtype=torch.bool)
            whole[number] = speaks[0]
            speaks = whole
        for sample in range(count):
            rows.append(first + number * count + sample)
            regions.append(layout)
            tokens.append(speaks)
            exempt.append(silent)
    strength = strength_at(step, timeline.steps)
    return Modulation(tuple(rows), tuple(regions), torch.stack(tokens), torch.stack(exempt), strength)


def _ask(
    network: Network,
    timeline: Timeline,
    wish: Drawing,
    parts: Sequence[torch.Tensor],
    text: list[str],
    *,
    step: int,
    modulation: Modulation | None = None,
) -> torch.Tensor:
    """One call; where looks are lent the reference is one more row, last, and not in the answer."""
    rows, size = torch.cat(list(parts)), (wish.around.shape[0], wish.around.shape[1])
    borrowing = None
    if wish.lent is not None:
        reference = wish.lent.trajectory[timeline.steps - step]
        where = wish.regions.union
        borrowing = Borrowing(len(rows), tuple(range(len(rows))), wish.lent.cells, also_own=True, where=where)
        rows, text = torch.cat([rows, reference]), [*text, ""]
    steering = Steering(size, modulation, borrowing) if modulation is not None or borrowing is not None else None
    output = network.predict(rows, timeline.times[step], network.words(text), steering)
    return output[:-1] if borrowing is not None else output
