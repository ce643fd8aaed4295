"""One parser for all tests: its model is loaded once."""

import pytest

from ggedit.backends.classical.language import RulesParser
from ggedit.config import Settings


@pytest.fixture(scope="session")
def parser() -> RulesParser:
    return RulesParser(Settings())
