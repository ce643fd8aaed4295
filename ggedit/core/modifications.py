"""SGEdit's modification lines: reader, writer, JSON, and the graph edits they mean.

One edit a line, in one of four forms::

    Add an object: 'cat'. Add tuple: ['cat' -> on -> 'sofa']
    Remove: 'dog'
    Replace 'dog' by 'wolf'
    Modify a relationship: from ['man' -> left of -> 'car'] to ['man' -> right of -> 'car']

Objects are named, not numbered: ``graph_edits`` finds the nodes. The JSON form has the keys
of SGEdit's own files (operation, add_object, add_tuple, rm_object, replace_src_object,
replace_tgt_object, src_rel, tgt_rel, modification).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from .errors import BadInput
from .freeze import Frozen
from .scene import GraphEdit, InsertNode, Node, RelateNode, RemoveNode, ReplaceNode, RestyleNode, SceneGraph


@dataclass(frozen=True, slots=True)
class Triple(Frozen):
    """``subject`` stands in ``relation`` to ``object``, all by name."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class AddObject(Frozen):
    """A new thing, and how it stands to a known one (None: anywhere)."""

    name: str
    triple: Triple | None = None


@dataclass(frozen=True, slots=True)
class RemoveObject(Frozen):
    name: str


@dataclass(frozen=True, slots=True)
class ReplaceObject(Frozen):
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangeRelation(Frozen):
    before: Triple
    after: Triple


Modification = AddObject | RemoveObject | ReplaceObject | ChangeRelation


class ModificationJson(TypedDict):
    """One edit as SGEdit stores it; which keys are there depends on ``operation``."""

    operation: str
    modification: NotRequired[str]
    add_object: NotRequired[str]
    add_tuple: NotRequired[list[str]]
    rm_object: NotRequired[str]
    replace_src_object: NotRequired[str]
    replace_tgt_object: NotRequired[str]
    src_rel: NotRequired[list[str]]
    tgt_rel: NotRequired[list[str]]


_QUOTES = "'\"‘’“”`´"
_ARROW = re.compile(r"\s*(?:-+>|=+>|→|—>|–>|⟶)\s*")
_ADD = re.compile(
    r"^add\s+(?:(?:an?|the|new)\s+)*object\s*:?\s*(.+?)"
    r"(?:\s*[.;,]?\s*add\s+(?:an?\s+|the\s+)?tuple\s*:?\s*\[(.+)\])?$",
    re.IGNORECASE,
)
_REMOVE = re.compile(r"^(?:remove|delete)\s*(?:(?:(?:an?|the)\s+)?object\s*:|:)?\s*(.+)$", re.IGNORECASE)
_REPLACE_QUOTED = re.compile(
    rf"^replace\s*:?\s*[{_QUOTES}](.+)[{_QUOTES}]\s+(?:by|with)\s+[{_QUOTES}](.+)[{_QUOTES}]$", re.IGNORECASE
)
_REPLACE = re.compile(r"^replace\s*:?\s*(.+?)\s+(?:by|with)\s+(.+)$", re.IGNORECASE)
_EDGE = re.compile(
    r"^(?:modify|change)\s+(?:an?\s+|the\s+)?(?:relationship|relation|edge)\s*:?\s*"
    r"from\s*:?\s*\[(.+?)\]\s*to\s*:?\s*\[(.+)\]$",
    re.IGNORECASE,
)

EXAMPLES = (
    "Add an object: 'cat'. Add tuple: ['cat' -> on -> 'sofa']",
    "Remove: 'dog'",
    "Replace 'dog' by 'wolf'",
    "Modify a relationship: from ['man' -> left of -> 'car'] to ['man' -> right of -> 'car']",
)


def read_modifications(text: str) -> tuple[Modification, ...]:
    """The edits of a modification file, in order.

    Quotes of any kind or none, apostrophes in names, blank lines, capitals and a closing full
    stop make no difference.

    Raises:
        BadInput: names every line that is no modification.
    """
    found: list[Modification] = []
    bad: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        edit = _read_line(" ".join(line.split()).rstrip(" .;"))
        if edit is None:
            bad.append(f"line {number} ({line.strip()[:60]!r})")
        else:
            found.append(edit)
    if bad:
        raise BadInput(
            f"This is no modification: {', '.join(bad)}. Write for example: {EXAMPLES[1]}, or {EXAMPLES[2]}."
        )
    return tuple(found)


def write_modification(edit: Modification) -> str:
    """The edit as one line."""
    if isinstance(edit, AddObject):
        tail = f". Add tuple: {_write_triple(edit.triple)}" if edit.triple is not None else ""
        return f"Add an object: '{edit.name}'{tail}"
    if isinstance(edit, RemoveObject):
        return f"Remove: '{edit.name}'"
    if isinstance(edit, ReplaceObject):
        return f"Replace '{edit.old}' by '{edit.new}'"
    return f"Modify a relationship: from {_write_triple(edit.before)} to {_write_triple(edit.after)}"


def write_modifications(edits: Iterable[Modification]) -> str:
    """The edits as a modification file, one a line."""
    return "\n".join(write_modification(edit) for edit in edits)


def _read_line(line: str) -> Modification | None:
    readers: tuple[Callable[[str], Modification | None], ...] = (_read_add, _read_edge, _read_replace, _read_remove)
    return next((edit for reader in readers if (edit := reader(line)) is not None), None)


def _read_add(line: str) -> Modification | None:
    match = _ADD.match(line)
    if match is None or not _name(match[1]):
        return None
    triple = _read_triple(match[2]) if match[2] is not None else None
    if match[2] is not None and triple is None:
        return None
    return AddObject(_name(match[1]), triple)


def _read_edge(line: str) -> Modification | None:
    match = _EDGE.match(line)
    if match is None:
        return None
    before, after = _read_triple(match[1]), _read_triple(match[2])
    return ChangeRelation(before, after) if before is not None and after is not None else None


def _read_replace(line: str) -> Modification | None:
    match = _REPLACE_QUOTED.match(line) or _REPLACE.match(line)
    if match is None or not _name(match[1]) or not _name(match[2]):
        return None
    return ReplaceObject(_name(match[1]), _name(match[2]))


def _read_remove(line: str) -> Modification | None:
    match = _REMOVE.match(line)
    return RemoveObject(_name(match[1])) if match is not None and _name(match[1]) else None


def _read_triple(text: str) -> Triple | None:
    parts = [_name(part) for part in _ARROW.split(text.strip(" []"))]
    return Triple(*parts) if len(parts) == 3 and all(parts) else None


def _name(text: str) -> str:
    """The name without the quotes around it; an apostrophe inside it stays."""
    text = text.strip(" .,;:")
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1]
    return text.strip()


def _write_triple(triple: Triple) -> str:
    return f"['{triple.subject}' -> {triple.relation} -> '{triple.object}']"


# JSON --------------------------------------------------------------------------------------


def modification_to_json(edit: Modification) -> ModificationJson:
    """The edit with SGEdit's keys, its line included."""
    line = write_modification(edit)
    if isinstance(edit, AddObject):
        added: ModificationJson = {"operation": "add", "modification": line, "add_object": edit.name}
        if edit.triple is not None:
            added["add_tuple"] = _triple_to_json(edit.triple)
        return added
    if isinstance(edit, RemoveObject):
        return {"operation": "remove", "modification": line, "rm_object": edit.name}
    if isinstance(edit, ReplaceObject):
        return {
            "operation": "replace",
            "modification": line,
            "replace_src_object": edit.old,
            "replace_tgt_object": edit.new,
        }
    return {
        "operation": "edit_edge",
        "modification": line,
        "src_rel": _triple_to_json(edit.before),
        "tgt_rel": _triple_to_json(edit.after),
    }


def modification_from_json(document: Mapping[str, object]) -> Modification:
    """The edit that ``modification_to_json`` wrote; ``modification`` alone is enough.

    Raises:
        BadInput: an unknown operation, or a key that is missing.
    """
    operation = str(document.get("operation", "")).strip().lower()
    if operation == "add":
        triple = document.get("add_tuple")
        return AddObject(_text(document, "add_object"), None if triple is None else _triple_from_json(triple))
    if operation == "remove":
        return RemoveObject(_text(document, "rm_object"))
    if operation == "replace":
        return ReplaceObject(_text(document, "replace_src_object"), _text(document, "replace_tgt_object"))
    if operation == "edit_edge":
        return ChangeRelation(_triple_from_json(document.get("src_rel")), _triple_from_json(document.get("tgt_rel")))
    line = document.get("modification")
    if not operation and isinstance(line, str) and len(read := read_modifications(line)) == 1:
        return read[0]
    raise BadInput(f"The operation is {operation!r}; it must be add, remove, replace or edit_edge.")


def _triple_to_json(triple: Triple) -> list[str]:
    return [triple.subject, triple.relation, triple.object]


def _triple_from_json(value: object) -> Triple:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 3:
        raise BadInput(f'A relation needs three names, for example ["cat", "on", "sofa"], got {value!r}.')
    return Triple(*(str(part).strip() for part in value))


def _text(document: Mapping[str, object], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"The modification has no {key!r}.")
    return value.strip()


# Graph edits -------------------------------------------------------------------------------

_SEEN_FROM_THE_OTHER: dict[str, str] = {
    "left of": "right of", "right of": "left of", "to the left of": "to the right of",
    "to the right of": "to the left of",
    "above": "below", "below": "above", "under": "above", "over": "below", "behind": "in front of",
    "in front of": "behind", "next to": "next to", "beside": "beside", "near": "near", "wearing": "on",
    "holding": "in the hand of", "carrying": "in the hand of", "riding": "under", "on": "under", "in": "around",
    "containing": "in", "with": "with", "has": "on",
}  # fmt: skip


def graph_edits(edits: Iterable[Modification], graph: SceneGraph) -> tuple[GraphEdit, ...]:
    """The edits with names looked up in the graph (ids, labels, or attributes and label).

    Raises:
        BadInput: a name fits no object of the scene, or more than one.
    """
    return tuple(_graph_edit(edit, graph) for edit in edits)


def modifications_of(edits: Iterable[GraphEdit], graph: SceneGraph) -> tuple[Modification, ...]:
    """Graph edits as modifications, by the names that ``graph_edits`` finds again. A new
    attribute is written as a replacement by the same thing with the attribute."""
    return tuple(_modification(edit, graph) for edit in edits)


def find_node(graph: SceneGraph, name: str) -> Node:
    """The one object of that name.

    Raises:
        BadInput: none or several.
    """
    key = _key(name)
    for names in (_ids, _full_names, _labels):
        found = [node for node in graph.nodes if key in names(node)]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(node.id for node in found)
            raise BadInput(f"{name!r} may be any of {listed}: use one of these names.")
    listed = ", ".join(node.id for node in graph.nodes) or "nothing yet"
    raise BadInput(f"There is no {name!r} in the scene; it has {listed}.")


def _key(name: str) -> str:
    words = name.lower().replace("-", " ").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def _ids(node: Node) -> tuple[str, ...]:
    return (_key(node.id),)


def _full_names(node: Node) -> tuple[str, ...]:
    return (_key(" ".join((*node.attributes, node.label))),)


def _labels(node: Node) -> tuple[str, ...]:
    return (_key(node.label), *(_key(f"{attribute} {node.label}") for attribute in node.attributes))


def _graph_edit(edit: Modification, graph: SceneGraph) -> GraphEdit:
    if isinstance(edit, RemoveObject):
        return RemoveNode(find_node(graph, edit.name).id)
    if isinstance(edit, ReplaceObject):
        return _replacement(find_node(graph, edit.old), edit.new)
    if isinstance(edit, ChangeRelation):
        after = edit.after
        return RelateNode(find_node(graph, after.subject).id, after.relation, find_node(graph, after.object).id)
    return _insertion(edit, graph)


def _replacement(node: Node, new: str) -> GraphEdit:
    """Another thing; or the same thing with a new attribute ("cup" by "blue cup")."""
    words, label = _key(new).split(), _key(node.label).split()
    added = words[: -len(label)] if words[-len(label) :] == label else []
    known = {_key(attribute) for attribute in node.attributes}
    fresh = [word for word in added if word not in known]
    return RestyleNode(node.id, " ".join(fresh)) if fresh else ReplaceNode(node.id, new)


def _insertion(edit: AddObject, graph: SceneGraph) -> InsertNode:
    triple = edit.triple
    if triple is None:
        return InsertNode(edit.name)
    if _key(triple.subject) == _key(edit.name):
        return InsertNode(edit.name, triple.relation, find_node(graph, triple.object).id)
    if _key(triple.object) == _key(edit.name):
        relation = _SEEN_FROM_THE_OTHER.get(triple.relation.lower(), "next to")
        return InsertNode(edit.name, relation, find_node(graph, triple.subject).id)
    raise BadInput(f"The tuple of {edit.name!r} must name it, for example ['{edit.name}' -> on -> 'table'].")


def _modification(edit: GraphEdit, graph: SceneGraph) -> Modification:
    if isinstance(edit, RemoveNode):
        return RemoveObject(edit.node)
    if isinstance(edit, ReplaceNode):
        return ReplaceObject(edit.node, edit.label)
    if isinstance(edit, RestyleNode):
        return ReplaceObject(edit.node, f"{edit.attribute} {_label_of(graph, edit.node)}")
    if isinstance(edit, RelateNode):
        now = next((e for e in graph.edges if (e.subject, e.object) == (edit.node, edit.anchor)), None)
        before = Triple(edit.node, now.relation if now is not None else "near", edit.anchor)
        return ChangeRelation(before, Triple(edit.node, edit.relation, edit.anchor))
    triple = Triple(edit.label, edit.relation or "near", edit.anchor) if edit.anchor is not None else None
    return AddObject(edit.label, triple)


def _label_of(graph: SceneGraph, id_: str) -> str:
    node = graph.node(id_)
    return node.label if node is not None else id_
