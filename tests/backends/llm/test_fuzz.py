"""Ten thousand replies, from nearly right to noise: each becomes a checked value or a list of problems."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from typing import Any

import pytest

from ggedit.backends.llm.asking import Unfit
from ggedit.backends.llm.controller import read_plan
from ggedit.backends.llm.describer import graph_of, read_scene, things_of
from ggedit.backends.scripted_answers import planned_step
from ggedit.core.plan import check
from tests.backends.llm.cases import EXTENT, SCENE, plan_answer, request, scene_answer, table_of, thing

REPLIES = 10_000
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, float("nan"), float("inf"), "", "cup-1", "cup-2", "x" * 5000, "\x00\ud83d", [], {}, [[]],
    {"a": {}}, [1e9] * 4, [0, 0, 100, 100], [10, 10, 40, 60], "on", "interaction", "\u202e../../etc/passwd",
)  # fmt: skip
KINDS = ("remove", "move", "resize", "flip", "restyle", "replace", "duplicate", "insert", "background", "explode")


def mutated(value: Any, rng: random.Random, chance: float) -> Any:
    """A copy with some of its parts swapped, dropped or doubled."""
    if rng.random() < chance:
        return rng.choice(ODD)
    if isinstance(value, dict):
        kept = {k: mutated(v, rng, chance) for k, v in value.items() if rng.random() > chance / 2}
        return kept | ({"surprise": rng.choice(ODD)} if rng.random() < chance else {})
    if isinstance(value, list):
        items = [mutated(v, rng, chance) for v in value]
        return items * 2 if rng.random() < chance else items
    return value


def step(rng: random.Random) -> dict[str, object]:
    ids = ("cup-1", "cup-2", "table-1", "wall-1", "ghost-9", None)
    return planned_step(
        rng.choice(KINDS),
        node=rng.choice(ids),
        label=rng.choice(("vase", "", None)),
        look=rng.choice(("blue", None)),
        relation=rng.choice(("on", "left of", "riding", None)),
        anchor=rng.choice(ids),
        box=rng.choice((None, [10, 10, 40, 60], [rng.uniform(-50, 150) for _ in range(rng.randint(0, 5))])),
        factor=rng.choice((None, 2.0, 0.0, -3.0)),
        interaction=rng.choice(("spatial", "interaction")),
        together=[i for i in ids if i and rng.random() < 0.2],
    )


def plan_reply(rng: random.Random) -> str:
    return torn(plan_answer(*(step(rng) for _ in range(rng.randint(0, 2)))), rng)


def scene_reply(rng: random.Random) -> str:
    things = [thing(i) for i in ("cup-1", "table-1") if rng.random() > 0.05]
    edges = [{"subject": "cup-1", "relation": "on", "object": "table-1", "kind": "spatial"}] * rng.randint(0, 3)
    return torn(scene_answer(*things, relations=edges), rng)


def torn(text: str, rng: random.Random) -> str:
    """As it is, mutated, cut off, wrapped, or replaced by noise."""
    way = rng.random()
    if way < 0.3:
        return text
    if way < 0.75:
        return json.dumps(mutated(json.loads(text), rng, rng.choice((0.01, 0.05, 0.2))))
    if way < 0.85:
        return text[: rng.randrange(len(text))]
    if way < 0.95:
        return f"Sure! Here it is:\n```json\n{text}\n```\nAnything else?"
    return "".join(rng.choices(string.printable, k=rng.randrange(200))) + "{" * rng.choice((0, 1, 5000))


@pytest.fixture(scope="module")
def wanted():
    return request(text="do something")


def outcomes(read: Callable[[str], Any], reply: Callable[[random.Random], str], verify: Callable[[Any], None]) -> float:
    """The share of replies that were taken; the others gave a list of problems in words."""
    rng, taken = random.Random(7), 0
    for _ in range(REPLIES // 2):
        text = reply(rng)
        try:
            value = read(text)
        except Unfit as unfit:
            assert unfit.problems and all(p and len(p) < 400 for p in unfit.problems)
        else:
            verify(value)
            taken += 1
    return taken / (REPLIES // 2)


def test_replies_with_plans(wanted):
    def verify(plan):
        assert check(plan, SCENE, EXTENT) == ()
        assert plan.steps or plan.refusals

    share = outcomes(lambda text: read_plan(text, wanted), plan_reply, verify)
    assert 0.05 < share < 0.9


def test_replies_with_scenes():
    things = things_of(*table_of({"cup-1": "cup", "table-1": "table"}))

    def verify(seen):
        graph = graph_of(seen, things)
        assert [n.id for n in graph.nodes] == ["cup-1", "table-1"] and all(n.caption and n.label for n in graph.nodes)

    share = outcomes(lambda text: read_scene(text, things), scene_reply, verify)
    assert 0.3 < share < 0.9
