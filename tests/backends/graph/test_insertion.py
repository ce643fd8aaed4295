"""Rows per call as published, prompts whose words are found, layouts in front of each other."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from ggedit.backends.graph.insertion import Drawing, Schedule, draw  # noqa: E402
from ggedit.backends.graph.layouts import front_first, regions_of  # noqa: E402
from ggedit.backends.graph.removal import Erasure, erase, invert  # noqa: E402
from ggedit.backends.graph.words import Thing, main_prompt, regional_prompt, token_map, with_tokens  # noqa: E402
from ggedit.core.geometry import Box  # noqa: E402

GRID = (8, 16)


def drawing(network: Any, timeline: Any, count: int) -> Drawing:
    boxes = [Box(0, 0, 60, 60), Box(64, 0, 128, 64)][:count]
    things = [Thing("cup"), Thing("lamp")][:count]
    clean = network.noise(GRID, 5)
    return Drawing(
        prompt=main_prompt("a cup beside a lamp", things, network.tokenizer),
        regional=tuple(regional_prompt(thing, network.tokenizer) for thing in things),
        regions=regions_of(boxes, 128, 64, GRID),
        around=regions_of(boxes, 128, 64, GRID).union.float(),
        background=lambda step: timeline.noised(clean, network.noise(GRID, 6), step),
        seeds=(1,),
    )


@pytest.mark.parametrize(("things", "passes"), [(1, 65), (2, 75)])
def test_fifty_steps_take_as_many_passes_as_published(network: Any, things: int, passes: int) -> None:
    timeline = network.timeline(50)
    schedule = Schedule.of(50)
    assert (schedule.multi, schedule.attend, schedule.refine) == (10, 15, 25)
    before = network.rows
    list(draw(network, timeline, drawing(network, timeline, things), schedule=schedule, refine=lambda clean: None))
    assert network.rows - before == 2 * passes


def test_outside_the_regions_the_background_is_tied_at_every_step(network: Any) -> None:
    timeline = network.timeline(6)
    wish = drawing(network, timeline, 2)
    outside = wish.around == 0
    for reached in draw(network, timeline, wish, schedule=Schedule.of(6), refine=lambda clean: None):
        expected = wish.background(reached.step + 1)
        assert torch.equal(reached.latents[..., outside], expected[..., outside])


def test_a_removal_ends_on_the_clean_background_and_asks_one_row_more_than_its_samples(network: Any) -> None:
    timeline = network.timeline(6)
    clean = network.noise(GRID, 5)
    trajectory = list(invert(network, timeline, clean))
    assert len(trajectory) == 7 and torch.equal(trajectory[0], clean)
    hole = torch.zeros(GRID, dtype=torch.bool)
    hole[2:6, 4:9] = True
    before = network.rows
    *_, last = erase(network, timeline, trajectory, Erasure(clean, hole, hole.float(), "cup", (1, 2)))
    assert network.rows - before == 6 * (1 + 2 * 2)
    assert torch.equal(last.latents[..., ~hole], clean.expand(2, -1, -1, -1)[..., ~hole])
    assert not torch.equal(last.latents[0], last.latents[1])


def test_each_mention_belongs_to_one_thing_and_an_unnamed_one_is_added(network: Any) -> None:
    prompt = main_prompt("a cup and a cup", [Thing("cup"), Thing("cup"), Thing("hat")], network.tokenizer)
    assert prompt.text == "a cup and a cup, hat"
    assert prompt.spans == (((2, 5),), ((12, 15),), ((17, 20),))


def test_names_inside_other_words_are_not_mentions(network: Any) -> None:
    assert main_prompt("a cupboard and a cup", [Thing("cup")], network.tokenizer).spans == (((17, 20),),)


def test_tokens_are_found_by_their_characters(network: Any) -> None:
    prompt = main_prompt("a cup", [Thing("cup")], network.tokenizer)
    tokens, silent = token_map(prompt, network.tokenizer)
    ids = network.tokenizer(prompt.text).input_ids
    assert tokens.shape == (1, network.tokenizer.model_max_length)
    assert tokens[0].nonzero()[:, 0].tolist() == list(range(2, len(ids) - 1))
    assert bool(silent[0]) and bool(silent[len(ids) - 1 :].all()) and not bool((tokens[0] & silent).any())


def test_details_that_do_not_fit_are_left_out(network: Any) -> None:
    things = [Thing("cup", "it is white."), Thing("lamp", "x" * 90)]
    prompt = main_prompt("a cup and a lamp", things, network.tokenizer)
    assert prompt.text == "a cup and a lamp it is white."
    assert prompt.spans[0][1] == (17, 29) and len(prompt.spans[1]) == 1


def test_the_smaller_of_two_that_overlap_is_in_front_else_the_order_stays() -> None:
    table, cup, far = Box(0, 20, 100, 80), Box(40, 10, 60, 40), Box(200, 0, 220, 20)
    assert front_first([table, cup, far]) == (1, 0, 2)
    assert front_first([far, cup]) == (0, 1)


def test_a_box_below_a_cell_has_a_cell() -> None:
    regions = regions_of([Box(1, 1, 2, 2), Box(120, 60, 400, 400)], 128, 64, GRID)
    assert regions.masks.flatten(1).sum(1).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("sentence", "tokens", "told"),
    [
        ("a cup on a table", [("cup", "<cup-1>")], "a <cup-1> on a table"),
        ("a cup beside a cup", [("cup", "<cup-1-a>"), ("cup", "<cup-1-b>")], "a <cup-1-a> beside a <cup-1-b>"),
        ("a cupboard and a Cup", [("cup", "<cup-1>")], "a cupboard and a <cup-1>"),
        ("a horse under a man", [("man", "<man-1>"), ("horse", "<horse-1>")], "a <horse-1> under a <man-1>"),
        ("a red cup, a cup", [("red cup", "<cup-1>"), ("cup", "<cup-2>")], "a <cup-1>, a <cup-2>"),
        ("something blue", [("cup", "<cup-1>")], "something blue"),
    ],
)
def test_learned_things_are_called_by_their_tokens(sentence: str, tokens: list[tuple[str, str]], told: str) -> None:
    assert with_tokens(sentence, tokens) == told
