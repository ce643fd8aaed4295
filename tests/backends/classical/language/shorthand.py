"""Clauses as one-line text, so that table rows can be read at a glance."""

from ggedit.core.language import Clause, CountKind, Referent, SpatialTest


def short(clause: Clause) -> str:
    """ "remove cup left_of(plate)", "insert hat @ on(man)", "restyle - = like winter"."""
    parts: list[str] = [clause.verb.value]
    if clause.verb.value != "insert":
        parts.append(thing(clause.target) if clause.target else "-")
    if clause.payload is not None:
        parts += ["=", clause.payload] if clause.verb.value != "insert" else [clause.payload]
    if clause.place is not None:
        parts += ["@", *(test(t) for t in (clause.place, *clause.place_also))]
    return " ".join(parts)


def thing(referent: Referent) -> str:
    """ "two red cup left_of()": count, phrase, ordinal and tests."""
    count = {CountKind.ONE: "", CountKind.ALL: "all "}.get(referent.count.kind, f"{referent.count.n} ")
    ordinal = f" #{referent.ordinal}" if referent.ordinal is not None else ""
    tests = "".join(f" {test(t)}" for t in referent.tests)
    return f"{count}{referent.phrase}{ordinal}{tests}"


def test(spatial: SpatialTest) -> str:
    return f"{spatial.relation.value}({', '.join(thing(a) for a in spatial.anchors)})"


test.__test__ = False  # type: ignore[attr-defined]
