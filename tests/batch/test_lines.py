"""JSON lines: an answer for each line, in order, and a sentence for each bad one."""

from __future__ import annotations

import json

import pytest

from ggedit.batch.lines import answer_lines, text_of


def test_answers_keep_order_and_id() -> None:
    lines = ['{"id": "b", "text": "x"}', "", "   ", '{"id": 3, "text": "yz"}', '{"text": ""}']
    answers = list(answer_lines(lines, lambda row: {"length": len(text_of(row, "text"))}))
    assert answers == [{"id": "b", "length": 1}, {"id": 3, "length": 2}, {"id": None, "length": 0}]


@pytest.mark.parametrize(
    ("line", "id_", "message"),
    [
        ("{", None, "Line 1 is not JSON"),
        ("[1, 2]", None, "Line 1 is not a JSON object"),
        ('{"id": 4}', 4, 'needs "text" as text'),
        ('{"id": 4, "text": 5}', 4, 'needs "text" as text'),
        ('{"id": 4, "text": null}', 4, 'needs "text" as text'),
    ],
)
def test_a_bad_line_is_answered_and_the_rest_goes_on(line: str, id_: object, message: str) -> None:
    good = json.dumps({"id": 9, "text": "fine"})
    bad, after = answer_lines([line, good], lambda row: {"text": text_of(row, "text")})
    assert bad["id"] == id_
    assert message in str(bad["error"])
    assert after == {"id": 9, "text": "fine"}


def test_lines_are_answered_as_they_come() -> None:
    def endless():
        while True:
            yield '{"id": 1}'

    assert next(answer_lines(endless(), lambda row: {})) == {"id": 1}


def test_other_errors_are_not_hidden() -> None:
    def broken(row):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(answer_lines(["{}"], broken))
