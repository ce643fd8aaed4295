"""What an obedient language model would answer, for the doubles: exactly what is asked, no more."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..core.talk import ChatMessage, ChatRole, ReplyFormat

_BLANK = {
    "node": None, "label": None, "look": None, "relation": None, "anchor": None, "box": None, "factor": None,
    "axis": None, "keep": [], "source": None, "interaction": "spatial", "together": [], "prompt": "",
    "reason": "it was asked for",
}  # fmt: skip


def obedient_answer(messages: Sequence[ChatMessage], form: ReplyFormat | None) -> str:
    """JSON for the forms "scene" and "plan" from the JSON in the first question; else "{}"."""
    asked = next((m.text for m in messages if m.role is ChatRole.USER), "{}")
    name = form.name if form is not None else ""
    if name == "scene":
        return json.dumps(_scene(json.loads(asked)["things"]))
    if name == "plan":
        data = json.loads(asked)
        return json.dumps({"steps": _steps(data["chosen"]), "cannot": _cannot(data["chosen"]), "why": "as asked"})
    return "{}"


def planned_step(kind: str, **fields: object) -> dict[str, object]:
    """A planned step with every field of the form; those not named are blank."""
    return {"kind": kind, **_BLANK, **fields}


def _scene(things: list[dict[str, str]]) -> dict[str, object]:
    told = [
        {"id": t["id"], "label": t["word"], "kind": "object", "attributes": [], "looks": f"A {t['word']}.", "pose": ""}
        for t in things
    ]
    return {"things": told, "relations": [], "background": "", "missing": []}


def _steps(chosen: list[dict[str, object]]) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = []
    for clause in chosen:
        for node in clause["target"] if isinstance(clause["target"], list) else ():
            if clause["verb"] == "remove":
                steps.append(planned_step("remove", node=node))
            elif clause["verb"] == "restyle":
                steps.append(planned_step("restyle", node=node, look=clause["new"] or "brighter"))
    return steps


def _cannot(chosen: list[dict[str, object]]) -> list[dict[str, str]]:
    return [] if _steps(chosen) else [{"wish": "this", "why": "The double only removes and restyles."}]
