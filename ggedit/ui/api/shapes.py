"""The JSON that endpoints take and give. Boxes are [x1, y1, x2, y2] in pixels of the picture."""

from __future__ import annotations

from typing import Literal, TypedDict

from gradio.data_classes import FileData


class Correction(TypedDict, total=False):
    """Something that was seen wrongly, or a step of the plan to change; ``kind`` says which other
    fields are read. The page sends the same."""

    kind: Literal[
        "add_box", "add_by_click", "move_box", "drop_box", "rename_box", "choose",
        "click", "paint", "pick_mask", "reshape", "import_mask", "move_place",
        "change_step", "drop_step", "reorder",
        "fix_node", "fix_add_node", "fix_drop_node", "fix_edge", "ask_graph", "ask_lines",
    ]  # fmt: skip
    id: str
    ids: list[str]
    label: str
    box: list[float]
    clause: int
    x: float
    y: float
    positive: bool
    include: bool
    png: str
    candidate: int
    how: str
    index: int
    step: str
    node: str
    fields: dict
    order: list[int]
    attributes: list[str]
    subject: str
    relation: str
    object: str
    changes: list[dict]
    text: str


class Clause(TypedDict):
    """One edit that is asked for. ``target`` and ``payload`` are "" where there is none."""

    verb: str
    target: str
    payload: str
    instruction: str


class Reading(TypedDict):
    """An instruction as it was understood; ``questions`` is empty where nothing is unclear."""

    text: str
    clauses: list[Clause]
    note: str
    questions: list[str]


class Progress(TypedDict):
    """How far the work is: the stage, its share that is done (0 to 1), and words."""

    stage: str
    fraction: float
    message: str


class FoundBox(TypedDict):
    """A thing that was found. ``role``: target, anchor or scene where it is ``kept``."""

    id: str
    label: str
    box: list[float]
    score: float
    source: str
    kept: bool
    role: str
    reason: str


class Doubt(TypedDict):
    """A choice among several things that was close; the first candidate was taken."""

    clause: int
    question: str
    candidates: list[str]


class Found(TypedDict):
    """What is known after finding and choosing. ``done`` is false while the work goes on."""

    session: str
    done: bool
    progress: Progress
    notes: list[str]
    width: int
    height: int
    clauses: list[Clause]
    boxes: list[FoundBox]
    doubts: list[Doubt]


class FoundMask(TypedDict):
    """A thing's outline as a PNG of the picture's size: white belongs to it."""

    id: str
    box: list[float]
    area_px: int
    quality: float
    file: FileData


class Outlined(Found):
    masks: list[FoundMask]


class Node(TypedDict):
    id: str
    label: str
    attributes: list[str]
    found: bool


class Edge(TypedDict):
    subject: str
    relation: str
    object: str


class Step(TypedDict):
    """A step of the plan. ``node`` "" = none; ``box`` = where it brings something, [] = nowhere."""

    index: int
    step: str
    node: str
    title: str
    reason: str
    box: list[float]
    enabled: bool


class Refusal(TypedDict):
    """A wish that can't be granted here, and instructions that can."""

    sentence: str
    offers: list[str]


class Planned(Outlined):
    nodes: list[Node]
    edges: list[Edge]
    steps: list[Step]
    refusals: list[Refusal]
    problems: list[str]


class Ran(TypedDict):
    """What really ran for a stage."""

    stage: str
    backend: str
    tier: str
    seconds_s: float


class Edited(Planned):
    """``picture`` is full size, lossless and keeps alpha, profile and metadata; outside ``changed``
    (white in the PNG) every pixel equals the input."""

    picture: FileData
    changed: FileData
    changed_px: int
    seed: int
    warnings: list[str]
    ran: list[Ran]


class PastTurn(TypedDict):
    """An edit of the session; ``parent`` "" = made on the photo itself."""

    id: str
    parent: str
    text: str
    seed: int


class SessionState(TypedDict):
    """``current`` is the turn whose picture is shown, "" for the untouched photo; ``draft`` says
    that there is a request whose result is not part of the history yet."""

    session: str
    width: int
    height: int
    turns: list[PastTurn]
    current: str
    draft: bool
