"""Steered attention against the formulas written out densely, at every level of a UNet that is not square."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from ggedit.backends.graph.attention import (  # noqa: E402
    W_CROSS,
    W_SELF,
    Borrowing,
    Modulation,
    SteeredAttention,
    Steering,
    strength_at,
)
from ggedit.backends.graph.layouts import Regions  # noqa: E402
from ggedit.backends.graph.words import Words  # noqa: E402

SIZE = (16, 24)
LENGTH = 77


@pytest.fixture(scope="module")
def network() -> Any:
    """In double precision: what single precision rounds off grows through twenty sharp layers."""
    from ggedit.backends.graph.network import Network
    from ggedit.backends.placement import Placement
    from tests.tiny.diffusion import stable_diffusion

    return Network.of(stable_diffusion().to(torch.float64), Placement(torch.device("cpu"), torch.float64))


def regions() -> Regions:
    masks = torch.zeros((2, *SIZE), dtype=torch.bool)
    masks[0, 2:9, 3:10] = True
    masks[1, 6:15, 8:22] = True
    return Regions(masks)


def modulation(rows: tuple[int, ...], strength: float = 0.6) -> Modulation:
    tokens = torch.zeros((len(rows), 2, LENGTH), dtype=torch.bool)
    tokens[:, 0, 2:4] = True
    tokens[:, 1, 5:6] = True
    exempt = torch.zeros((len(rows), LENGTH), dtype=torch.bool)
    exempt[:, 0] = True
    exempt[:, 9:] = True
    return Modulation(rows, tuple(regions() for _ in rows), tokens, exempt, strength)


def heads_of(attn: Any, x: Any, context: Any) -> tuple[Any, Any, Any]:
    def split(layer: Any, given: Any) -> Any:
        return layer(given).unflatten(2, (attn.heads, -1)).transpose(1, 2)

    return split(attn.to_q, x), split(attn.to_k, context), split(attn.to_v, context)


class Dense:
    """The modulation as it is published: whole matrices of logits, one row of the batch after the other."""

    def __init__(self, change: Callable[[Any, int, bool, int], Any]) -> None:
        self.change = change
        self.levels: set[int] = set()

    def __call__(self, attn: Any, hidden_states: Any, encoder_hidden_states: Any = None, **_: Any) -> Any:
        is_cross = encoder_hidden_states is not None
        query, key, value = heads_of(attn, hidden_states, encoder_hidden_states if is_cross else hidden_states)
        logits = query @ key.transpose(2, 3) * attn.scale
        self.levels.add(hidden_states.shape[1])
        done = [self.change(logits[row], row, is_cross, hidden_states.shape[1]) for row in range(len(logits))]
        mixed = torch.stack(done).softmax(3) @ value
        return attn.to_out[1](attn.to_out[0](mixed.transpose(1, 2).flatten(2)))


def grid_of(positions: int) -> tuple[int, int]:
    return next((r, c) for r, c in ((16, 24), (8, 12), (4, 6)) if r * c == positions)


def modulated(logits: Any, row: int, *level: Any, steered: Modulation) -> Any:
    """Kim et al. 2023, equations 2 to 6, with the matrix R in full."""
    is_cross, positions = level
    if row not in steered.rows:
        return logits
    number = steered.rows.index(row)
    masks = steered.regions[number].at(grid_of(positions)).double()
    same = sum(m[:, None] * m[None] for m in masks)
    area = same.mean(1)
    if is_cross:
        wanted = sum(m[:, None] * t[None].double() for m, t in zip(masks, steered.tokens[number], strict=True))
    else:
        wanted = same
    top, low = logits.amax(2, keepdim=True), logits.amin(2, keepdim=True)
    weight = steered.strength * (W_CROSS if is_cross else W_SELF) * (1 - area)[None, :, None]
    change = weight * (wanted * (top - logits) - (1 - wanted) * (logits - low))
    if is_cross:
        change = change.masked_fill(steered.exempt[number][None, None], 0)
    return logits + change


def ask(network: Any, rows: int, steering: Steering | None = None) -> Any:
    generator = torch.Generator().manual_seed(1)
    latents = torch.randn((rows, 4, *SIZE), generator=generator)
    text = torch.randn((rows, LENGTH, network.unet.config.cross_attention_dim), generator=generator)
    return network.predict(latents, 500, Words(text, torch.zeros((rows, LENGTH), dtype=torch.long)), steering)


@pytest.fixture
def densely(network: Any):
    """Runs with the dense processor in place of the steered one."""

    def run(rows: int, change: Callable[[Any, int, bool, int], Any]) -> tuple[Any, set[int]]:
        dense = Dense(change)
        network.unet.set_attn_processor(dense)
        return ask(network, rows), dense.levels

    yield run
    network.unet.set_attn_processor(SteeredAttention())


def test_without_steering_it_is_diffusers_own_attention(network: Any) -> None:
    from diffusers.models.attention_processor import AttnProcessor2_0

    steered = ask(network, 2)
    network.unet.set_attn_processor(AttnProcessor2_0())
    own = ask(network, 2)
    network.unet.set_attn_processor(SteeredAttention())
    torch.testing.assert_close(steered, own, rtol=0, atol=1e-6)


@pytest.mark.parametrize("strength", [1.0, 0.37, 0.0])
def test_modulation_equals_the_dense_form_at_every_level(network: Any, densely: Any, strength: float) -> None:
    steered = modulation((1, 3), strength)
    plain, found = ask(network, 4), ask(network, 4, Steering(SIZE, modulation=steered))
    dense, levels = densely(4, lambda *given: modulated(*given, steered=steered))
    assert levels == {16 * 24, 8 * 12, 4 * 6}
    torch.testing.assert_close(found, dense, rtol=0, atol=1e-5)
    changed = (found - plain).abs().amax((1, 2, 3))
    assert bool((changed[[0, 2]] < 1e-6).all())
    assert bool((changed[[1, 3]] > 1e-2).all()) == (strength > 0), changed


@pytest.mark.parametrize("also_own", [False, True], ids=["lent keys only", "own keys too"])
def test_borrowed_attention_equals_masked_logits(network: Any, densely: Any, also_own: Any) -> None:
    keep = torch.ones(SIZE, dtype=torch.bool)
    keep[4:12, 8:16] = False
    borrowing = Borrowing(source=0, rows=(1, 2), keys=keep, also_own=also_own)
    found = ask(network, 3, Steering(SIZE, borrowing=borrowing))

    class Mutual(Dense):
        def __call__(self, attn: Any, hidden_states: Any, encoder_hidden_states: Any = None, **_: Any) -> Any:
            if encoder_hidden_states is not None:
                return super().__call__(attn, hidden_states, encoder_hidden_states)
            query, key, value = heads_of(attn, hidden_states, hidden_states)
            grid = grid_of(hidden_states.shape[1])
            kept = -torch.nn.functional.adaptive_max_pool2d(-keep.float()[None], grid).flatten()
            bias = kept.log()[None, None]
            done = []
            for row in range(len(query)):
                lender = row if row == 0 else 0
                logits = query[row] @ key[lender].transpose(1, 2) * attn.scale + (bias if row else 0)
                values = value[lender]
                if row and also_own:
                    own = query[row] @ key[row].transpose(1, 2) * attn.scale
                    logits, values = torch.cat([own, logits], 2), torch.cat([value[row], values], 1)
                done.append(logits.softmax(2) @ values)
            return attn.to_out[1](attn.to_out[0](torch.stack(done).transpose(1, 2).flatten(2)))

    network.unet.set_attn_processor(Mutual(lambda logits, *_: logits))
    dense = ask(network, 3)
    network.unet.set_attn_processor(SteeredAttention())
    torch.testing.assert_close(found, dense, rtol=0, atol=1e-5)
    assert float((found[0] - ask(network, 3)[0]).abs().max()) < 1e-6


@pytest.mark.parametrize(
    ("steering", "in_self", "in_cross"),
    [
        (Steering(SIZE), 4, 4),
        (Steering(SIZE, borrowing=Borrowing(0, (1, 2, 3), torch.ones(SIZE, dtype=torch.bool))), 4, 4),
        (Steering(SIZE, modulation=modulation((1, 3))), 4, 2),
    ],
    ids=["plain", "borrowed", "modulated, whose words are written out"],
)
def test_no_row_is_computed_twice(
    network: Any, monkeypatch: pytest.MonkeyPatch, steering: Steering, in_self: int, in_cross: int
) -> None:
    rows: list[int] = []
    fused = torch.nn.functional.scaled_dot_product_attention

    def counted(query: Any, *given: Any, **more: Any) -> Any:
        rows.append(len(query))
        return fused(query, *given, **more)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", counted)
    ask(network, 4, steering)
    layers = len(network.unet.attn_processors) // 2
    assert sum(rows) == layers * (in_self + in_cross)


def test_a_level_without_a_lent_position_uses_its_own(network: Any) -> None:
    nothing = torch.zeros(SIZE, dtype=torch.bool)
    found = ask(network, 2, Steering(SIZE, borrowing=Borrowing(source=0, rows=(1,), keys=nothing)))
    torch.testing.assert_close(found, ask(network, 2))
    assert bool(torch.isfinite(found).all())


def test_only_the_named_positions_borrow(network: Any) -> None:
    where = torch.zeros(SIZE, dtype=torch.bool)
    everywhere = torch.ones(SIZE, dtype=torch.bool)
    found = ask(network, 2, Steering(SIZE, borrowing=Borrowing(0, (1,), everywhere, where=where)))
    torch.testing.assert_close(found, ask(network, 2))


def test_strength_falls_with_the_fifth_power() -> None:
    assert [round(strength_at(i, 50), 3) for i in (0, 5, 9, 10, 14)] == [1.0, 0.59, 0.371, 0.328, 0.193]


def test_a_region_below_a_cell_keeps_a_cell_and_the_first_owns_what_is_shared() -> None:
    masks = torch.zeros((2, *SIZE), dtype=torch.bool)
    masks[0, 5, 5] = True
    masks[1, 4:12, 4:12] = True
    found = Regions(masks)
    coarse = found.at((4, 6))
    assert coarse[0].sum() == 1 and not bool((coarse[0] * coarse[1]).any())
    assert found.alone(1).at((4, 6))[0].sum() == 0
    assert bool(found.owners[0, 5, 5]) and not bool(found.owners[1, 5, 5])
