"""What an adapter behind a gate changes: the rows that name its tokens, its own words, its own cells."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("peft")

from ggedit.backends.graph.gating import Gate, open_gates  # noqa: E402
from ggedit.backends.graph.words import Words  # noqa: E402

SIZE, LENGTH = (16, 24), 77
TARGETS = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "net.0.proj", "net.2", "conv1", "conv2"]
OF_A, OF_B = 900, 901
"""Token numbers; what stands in the prompts besides is 7."""


@pytest.fixture
def adapted() -> Any:
    """A network with two adapters of random weights, each behind its gate."""
    from peft import LoraConfig

    from ggedit.backends.graph.network import Network
    from ggedit.backends.placement import Placement
    from tests.tiny.diffusion import stable_diffusion

    made = Network.of(stable_diffusion(), Placement(torch.device("cpu"), torch.float32))
    for name, number in (("a", OF_A), ("b", OF_B)):
        made.unet.add_adapter(LoraConfig(r=2, lora_alpha=2, target_modules=TARGETS, init_lora_weights=False), name)
        made.gates[name] = Gate([number])
        made.gates[name].install(made.unet, name)
    made.unet.set_adapter(["a", "b"])
    return made


def prompts(*tokens: tuple[int, ...], width: int = 32) -> Words:
    """One prompt for each row, with its tokens from the third position on."""
    ids = torch.full((len(tokens), LENGTH), 7)
    for row, numbers in zip(ids, tokens, strict=True):
        row[3 : 3 + len(numbers)] = torch.tensor(numbers, dtype=torch.long)
    return Words(torch.randn((len(tokens), LENGTH, width), generator=torch.Generator().manual_seed(2)), ids)


def ask(network: Any, *tokens: tuple[int, ...]) -> torch.Tensor:
    latents = torch.randn((len(tokens), 4, *SIZE), generator=torch.Generator().manual_seed(1))
    width = network.unet.config.cross_attention_dim
    return network.predict(latents, 500, prompts(*tokens, width=width))


def test_only_rows_that_name_a_concept_change(adapted: Any) -> None:
    named = ask(adapted, (), (OF_A,), (5, 6), (OF_B,))
    adapted.unet.disable_adapters()
    plain = ask(adapted, (), (OF_A,), (5, 6), (OF_B,))
    assert torch.equal(named[[0, 2]], plain[[0, 2]])
    assert bool(((named - plain)[[1, 3]].abs().amax((1, 2, 3)) > 1e-2).all())


def test_an_adapter_changes_nothing_for_the_concepts_of_another(adapted: Any) -> None:
    both = ask(adapted, (OF_A,), (OF_B,), (OF_A, OF_B))
    adapted.unet.set_adapter(["a"])
    one = ask(adapted, (OF_A,), (OF_B,), (OF_A, OF_B))
    assert torch.equal(both[0], one[0])
    assert not torch.allclose(both[1], one[1], atol=1e-2)
    assert not torch.allclose(both[2], one[2], atol=1e-2)


@pytest.mark.parametrize("layer", ["to_k", "to_v"])
def test_keys_and_values_change_at_the_tokens_own_positions_only(adapted: Any, layer: str) -> None:
    module = next(m for n, m in adapted.unet.named_modules() if n.endswith(f"attn2.{layer}"))
    words = prompts((OF_A, 8, OF_B), width=adapted.unet.config.cross_attention_dim)
    open_gates(adapted.gates.values(), words.ids)
    with torch.no_grad():
        changed = (module(words.states) - module.base_layer(words.states)).abs().amax(2)[0]
    assert changed.nonzero()[:, 0].tolist() == [3, 5]


@pytest.mark.parametrize("grid", [(16, 24), (8, 12)], ids=["the latents' level", "the next"])
@pytest.mark.parametrize("kind", ["convolution", "linear"])
def test_in_a_prompt_of_several_sets_each_keeps_to_its_cells(adapted: Any, kind: str, grid: tuple[int, int]) -> None:
    """Both ask for the low-rank part alone: what lies beside a cell reaches it through the frozen layers."""
    left = torch.zeros(SIZE, dtype=torch.bool)
    left[:, :12] = True
    adapted.gates["a"].cells, adapted.gates["b"].cells = left, ~left
    ending = "conv1" if kind == "convolution" else "attn1.to_q"
    module = next(m for n, m in adapted.unet.named_modules() if n.endswith(ending))
    width = module.base_layer.weight.shape[1]
    given = torch.ones((2, width, *grid) if kind == "convolution" else (2, grid[0] * grid[1], width))
    open_gates(adapted.gates.values(), prompts((OF_A, OF_B), (OF_A,)).ids)
    with torch.no_grad():
        low = module.lora_A["a"](given)
    if kind == "linear":
        low = low.transpose(1, 2).unflatten(2, grid)
    there = low.abs().amax(1) > 0
    half = grid[1] // 2
    assert bool(there[0, :, :half].all()) and not bool(there[0, :, half:].any())
    assert bool(there[1].all()), "alone it acts everywhere"


def test_opened_wide_it_acts_in_every_row_but_on_no_word(adapted: Any) -> None:
    ids = prompts(()).ids
    open_gates(adapted.gates.values(), ids, everywhere=True)
    modules = dict(adapted.unet.named_modules())
    words, pictures = (next(m for n, m in modules.items() if n.endswith(e)) for e in ("attn2.to_k", "attn1.to_q"))
    with torch.no_grad():
        given = torch.ones(1, 6, words.base_layer.weight.shape[1])
        assert torch.equal(words(given), words.base_layer(given))
        given = torch.ones(1, 6, pictures.base_layer.weight.shape[1])
        assert not torch.allclose(pictures(given), pictures.base_layer(given))


def test_a_gate_goes_away_with_its_adapter(adapted: Any) -> None:
    adapted.unet.delete_adapters(["a", "b"])
    adapted.gates.clear()
    hooks = [name for name, module in adapted.unet.named_modules() if module._forward_hooks]
    assert not hooks
