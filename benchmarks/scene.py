"""How well relations are read from words and seen in outlines.

    python -m benchmarks.scene [--misses]

Words: every relation phrase of VSR (dev split) against ``data/vsr_relations.tsv``, alone and in
VSR's own sentences read by the caption rules; GenEval's 100 positional prompts read whole.
Outlines: the 200 made layouts of the tests, and pairs of things boxed by hand on photos
(``data/relations_truth.json``). Rows whose data are not here are left out, and said so.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ggedit.backends.classical.captions import CaptionReader
from ggedit.backends.classical.relations import GeometricDescriber
from ggedit.config import load_settings
from ggedit.core.detections import Detections
from ggedit.core.facts import Facts
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask, Masks
from ggedit.core.relation_words import ReadRelation, read_relation
from ggedit.core.scene import SceneGraph
from tests.backends.classical.test_relations import LAYOUTS, describe
from tests.pictures import PictureMissing, open_picture

HERE = Path(__file__).resolve().parent / "data"
SPATIAL = HERE.parents[2] / "shared" / "data" / "spatial"


@dataclass(frozen=True)
class Row:
    name: str
    right: int
    of: int
    misses: tuple[str, ...] = ()


def phrase_truth() -> dict[str, ReadRelation | None]:
    """VSR's phrases and what they mean for a place."""
    lines = (HERE / "vsr_relations.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return {phrase: _meaning(relation, swapped) for phrase, relation, swapped in rows}


def _meaning(relation: str, swapped: str) -> ReadRelation | None:
    known = read_relation(relation) if relation != "-" else None
    return None if known is None else ReadRelation(known.relation, swapped == "swapped")


def phrases() -> Row:
    truth = phrase_truth()
    wrong = [phrase for phrase, meaning in truth.items() if read_relation(phrase) != meaning]
    return Row("VSR relation phrases", len(truth) - len(wrong), len(truth), tuple(wrong))


def sentences(reader: CaptionReader) -> Row:
    """The relation between the right two things, from whole sentences."""
    truth = phrase_truth()
    rows = [json.loads(line) for line in (SPATIAL / "vsr_dev.jsonl").read_text().splitlines()]
    read = reader.read_many([row["caption"] for row in rows])
    wrong = [
        row["caption"] for row, facts in zip(rows, read, strict=True) if truth[row["relation"]] not in meanings(facts)
    ]
    return Row("VSR sentences, read as captions", len(rows) - len(wrong), len(rows), tuple(wrong))


def meanings(facts: Facts) -> list[ReadRelation | None]:
    """What each link means for a place; ends the other way round turn it."""
    return [_turned(read_relation(link.relation), link.subject > link.object) for link in facts.links] or [None]


def _turned(read: ReadRelation | None, turned: bool) -> ReadRelation | None:  # noqa: FBT001
    return ReadRelation(read.relation, not read.swapped) if read is not None and turned else read


def prompts(reader: CaptionReader) -> Row:
    rows = [json.loads(line) for line in (SPATIAL / "geneval.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["tag"] == "position"]
    read = reader.read_many([row["prompt"] for row in rows])
    wrong = [row["prompt"] for row, facts in zip(rows, read, strict=True) if not _as_asked(row["include"], facts)]
    return Row("GenEval positional prompts", len(rows) - len(wrong), len(rows), tuple(wrong))


def _as_asked(include: list[dict], facts: Facts) -> bool:
    anchor, thing = include
    wanted = (thing["class"], read_relation(thing["position"][0]), anchor["class"])
    told = [(facts.things[k.subject].name, read_relation(k.relation), facts.things[k.object].name) for k in facts.links]
    return told == [wanted]


def layouts() -> Row:
    wrong = [f"{recipe.__name__}-{seed}" for recipe, seed in LAYOUTS if not _layout_right(recipe, seed)]
    return Row("made layouts", len(LAYOUTS) - len(wrong), len(LAYOUTS), tuple(wrong))


def _layout_right(recipe, seed: int) -> bool:
    layout = recipe(np.random.default_rng(seed))
    scene = describe(layout.first, layout.second)
    first, second = (node.id for node in scene.nodes)
    told = {(e.subject, e.relation, e.object) for e in scene.edges}
    ways = {(first, layout.relation, second)} | (
        {(second, "next to", first)} if layout.relation == "next to" else set()
    )
    return bool(told & ways)


def photos() -> Row:
    truth = json.loads((HERE / "relations_truth.json").read_text())["photos"]
    right, missed = 0, []
    for name, photo in truth.items():
        told = _told(_graph(name, photo["things"]))
        for accepted in photo["pairs"]:
            if {tuple(edge) for edge in accepted} & told:
                right += 1
            else:
                missed.append(f"{name}: {accepted[0]}; seen {sorted(told)}")
    return Row("pairs boxed by hand on photos", right, right + len(missed), tuple(missed))


def _graph(name: str, things: dict[str, list[float]]) -> SceneGraph:
    picture = open_picture(name)
    boxes = [Box.from_xyxy(xyxy).clipped(picture.extent) for xyxy in things.values()]
    table = Detections.build(
        extent=picture.extent, xyxy=[b.xyxy for b in boxes], score=[0.9] * len(boxes), phrases=list(things)
    )
    masks = {id_: Mask.of_box(box, picture.extent) for id_, box in zip(table.ids, boxes, strict=True)}
    graph = GeometricDescriber(load_settings({})).describe(picture, table, Masks.build(masks))
    return _renamed(graph, dict(zip(table.ids, things, strict=True)))


def _renamed(graph: SceneGraph, names: dict[str, str]) -> SceneGraph:
    from dataclasses import replace

    nodes = tuple(replace(n, id=names[n.id]) for n in graph.nodes)
    return SceneGraph(nodes, tuple(replace(e, subject=names[e.subject], object=names[e.object]) for e in graph.edges))


def _told(graph: SceneGraph) -> set[tuple[str, str, str]]:
    """The edges, and the directions that follow from two others, which the graph leaves out."""
    told = {(e.subject, e.relation, e.object) for e in graph.edges}
    opposite = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
    told |= {(o, opposite[r], s) for s, r, o in told if r in opposite}
    while True:
        more = {(a, r, d) for a, r, b in told for c, q, d in told if b == c and r == q and r in opposite} - told
        if not more:
            return told
        told |= more


def rows() -> Iterator[Row]:
    reader = CaptionReader()
    yield phrases()
    if SPATIAL.is_dir():
        yield sentences(reader)
        yield prompts(reader)
    else:
        print(f"not run: {SPATIAL} is missing")
    yield layouts()
    try:
        yield photos()
    except PictureMissing as error:
        print(f"not run: {error}")


def show(found: Iterable[Row]) -> None:
    for row in found:
        print(f"{row.name:36} {row.right:5} of {row.of:5}  {100 * row.right / row.of:6.1f} %")
        if "--misses" in sys.argv:
            print("\n".join(f"    {miss}" for miss in row.misses))


if __name__ == "__main__":
    show(rows())
