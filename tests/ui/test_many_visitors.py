"""Several people at once: each gets the answer to their own request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .doubles import Browser, ScriptedOpener, photo


def test_visitors_at_once_get_their_own_results(tmp_path: Path) -> None:
    opener = ScriptedOpener()
    first = Browser(tmp_path, opener, sid="visitor-0")
    visitors = [first]
    for number in range(1, 12):
        other = Browser(tmp_path, opener, sid=f"visitor-{number}")
        other.desk = first.desk
        visitors.append(other)

    def work(number: int) -> Any:
        browser = visitors[number]
        browser.open(photo(100 + 10 * number, 80), name=f"photo-{number}.png")
        browser.send("request", {"kind": "ask", "text": "remove the cup" if number % 2 else "make the lamp blue"})
        return browser.send("plan", {"kind": "run"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(work, range(12)))
    for number, views in enumerate(answers):
        assert views["canvas"]["picture"]["width"] == 100 + 10 * number
        assert views["request"]["text"] == ("remove the cup" if number % 2 else "make the lamp blue")
        assert views["history"]["result"] is not None
    folders = {Path(views["canvas"]["picture"]["file"]["path"]).parent for views in answers}
    assert len(folders) == 12
