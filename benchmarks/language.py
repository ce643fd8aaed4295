"""How well and how fast the rules read instructions.

    python -m benchmarks.language [--misses]

Prints the share read right on public and on the project's own cases, the time per instruction
and the start of the parser in a fresh process. ``--misses`` lists what was read wrong, but for
the published rows that are kept for testing.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import language_truth as truth
from benchmarks.language_requests import Request, request_right, requests
from ggedit.backends.classical.language import RulesParser
from ggedit.config import Settings
from ggedit.core.language import Context, Instruction
from ggedit.core.parse_json import clause_to_json


@dataclass(frozen=True)
class Row:
    """One line of the table; ``misses`` are the texts that were read wrong."""

    name: str
    right: int
    of: int
    floor: str
    misses: tuple[str, ...] = ()


def published_row(parser: RulesParser) -> Row:
    rows = [row for row in truth.published() if row.held_out]
    read = parser.parse_texts([row.sentence for row in rows])
    right = sum(truth.same_word(truth.published_label(i), row.target) for row, i in zip(rows, read, strict=True))
    return Row("targets.json, rows kept for testing", right, len(rows), "82 %")


def meaning_row(parser: RulesParser, name: str, meanings: Sequence[truth.Meaning], floor: str) -> Row:
    read = list(parser.parse_texts([m.text for m in meanings]))
    wrong = [m.text for m, i in zip(meanings, read, strict=True) if not truth.matches(m, i)]
    return Row(name, len(meanings) - len(wrong), len(meanings), floor, tuple(wrong))


def pronoun_row(parser: RulesParser) -> Row:
    cases = truth.pronoun_cases()
    read = list(parser.parse_many([(case.text, case.context) for case in cases]))
    wrong = [c.text for c, i in zip(cases, read, strict=True) if not truth.pronoun_right(c, i)]
    return Row("pronouns and repeats", len(cases) - len(wrong), len(cases), "90 %", tuple(wrong))


def request_row(parser: RulesParser, name: str, cases: Sequence[Request]) -> Row:
    read = list(parser.parse_many([(case.text, case.context) for case in cases]))
    wrong = [c.text for c, i in zip(cases, read, strict=True) if not request_right(c, i)]
    return Row(name, len(cases) - len(wrong), len(cases), "88 %", tuple(wrong))


def winogender_row(parser: RulesParser) -> Row:
    groups = truth.winogender()
    wrong = [texts[0] for _, texts in groups if len({_answer(i) for i in parser.parse_texts(texts)}) != 1]
    return Row("he, she, they: the same answer", len(groups) - len(wrong), len(groups), "100 %", tuple(wrong))


def _answer(instruction: Instruction) -> str:
    """Everything that was understood, without the pronoun that stood in the text."""
    clauses = [clause_to_json(clause) for clause in instruction.clauses]
    return re.sub(r'"resolved_from": "\w+"', '"resolved_from": null', json.dumps([clauses, len(instruction.questions)]))


def accuracy_rows(parser: RulesParser) -> list[Row]:
    public = [published_row(parser)]
    for kind in truth.KINDS:
        public.append(meaning_row(parser, f"I2EBench {kind}", truth.derived(kind), "97 %"))
    own = [
        meaning_row(parser, "paraphrases", truth.paraphrases(), "88 %"),
        meaning_row(parser, "paraphrases, second set", truth.paraphrases("paraphrases_2.tsv"), "88 %"),
        request_row(parser, "requests as typed, every clause", requests()),
        request_row(parser, "requests as typed, second set", requests("requests_2.tsv")),
        pronoun_row(parser),
    ]
    return [*public, *own, winogender_row(parser)]


def seconds_each(parse: Callable[[str, Context], Instruction], texts: Sequence[str]) -> list[float]:
    """CPU seconds of each instruction, one by one."""
    found = []
    for text in texts:
        began = time.process_time()
        parse(text, Context())
        found.append(time.process_time() - began)
    return found


_START = (
    "import time; began = time.perf_counter();"
    "from ggedit.backends.classical.language import RulesParser; from ggedit.config import Settings;"
    "from ggedit.core.language import Context;"
    "RulesParser(Settings()).parse('remove the dog', Context()); print(time.perf_counter() - began)"
)


def start_seconds(runs: int = 5) -> list[float]:
    """Seconds from import to the first answer, in fresh processes."""
    command = [sys.executable, "-c", _START]
    return [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(runs)]


def main() -> None:
    parser = RulesParser(Settings())
    parser.parse("remove the dog", Context())
    print(f"{'read right':<42}{'share':>8}{'of':>7}{'must be':>9}")
    for row in accuracy_rows(parser):
        print(f"{row.name:<42}{100 * row.right / row.of:>7.1f}%{row.of:>7}{row.floor:>9}")
        if "--misses" in sys.argv:
            print(*(f"    {text}" for text in row.misses), sep="\n", end="\n" if row.misses else "")
    times = seconds_each(parser.parse, [m.text for m in truth.paraphrases()])
    starts = start_seconds()
    print(f"\n{'time':<42}{'median':>8}{'worst':>7}{'must be':>9}")
    print(f"{'CPU ms per instruction':<42}{1e3 * statistics.median(times):>8.1f}{1e3 * max(times):>7.1f}{'20':>9}")
    print(f"{'start to first answer, s':<42}{statistics.median(starts):>8.2f}{max(starts):>7.2f}{'3':>9}")


if __name__ == "__main__":
    main()
