"""Every command that the documents show is one that the command line knows, with arguments that it takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from ggedit.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


def spoken(page: str) -> Iterator[str]:
    """Lines of fenced and indented blocks, and what stands between backticks."""
    yield from (
        line.strip() for block in re.findall(r"```.*?\n(.*?)```", page, re.DOTALL) for line in block.splitlines()
    )
    yield from (line.strip() for line in re.findall(r"^ {4}(.*)$", page, re.MULTILINE))
    yield from re.findall(r"`([^`\n]+)`", page)


def words_after(line: str, *start: str) -> list[str] | None:
    """The rest of a command that begins with ``start`` after its variables; None for other lines."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return None
    while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words = words[1:]
    return words[len(start) :] if tuple(words[: len(start)]) == start else None


def commands(*start: str) -> list[tuple[str, list[str]]]:
    lines = [(page.name, line) for page in PAGES for line in spoken(page.read_text(encoding="utf-8"))]
    found = {
        f"{name}: {line}": words for name, line in lines if (words := words_after(line, *start)) and "..." not in words
    }
    return sorted(found.items())


SHOWN = commands("ggedit")


def test_the_documents_show_commands() -> None:
    assert len(SHOWN) > 40


@pytest.mark.parametrize(("line", "words"), SHOWN, ids=[line for line, _ in SHOWN])
def test_a_shown_command_parses(line: str, words: list[str]) -> None:
    group = typer.main.get_command(app)
    context = group.make_context("ggedit", [], resilient_parsing=True)
    while words and hasattr(group, "get_command") and not words[0].startswith("-"):
        found = group.get_command(context, words[0])  # type: ignore[attr-defined]
        assert found is not None, f"{line}: there is no command {words[0]!r}"
        group, words = found, words[1:]
    if len(words) == 1 and words[0] in {name for option in group.params for name in option.opts}:
        return  # a sentence that names the option: `ggedit parse --jsonl`
    if words:  # a bare `ggedit batch` in a sentence only names the command
        group.make_context(group.name, list(words), parent=context)


@pytest.mark.parametrize(
    ("line", "words"), commands("python", "-m"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_shown_module_is_there(line: str, words: list[str]) -> None:
    assert find_spec(words[0]) is not None, line


@pytest.mark.parametrize(
    ("line", "words"), commands("python"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_shown_script_is_there(line: str, words: list[str]) -> None:
    assert words[0] == "-m" or (ROOT / words[0]).is_file(), line


@pytest.mark.parametrize(("line", "words"), commands("make"), ids=lambda value: value if isinstance(value, str) else "")
def test_a_shown_target_is_there(line: str, words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert words[0] in targets, line
