"""What loading the model brings into the process."""

import subprocess
import sys

import pytest

_CODE = """
import sys
from ggedit.backends.classical.language import RulesParser
from ggedit.config import Settings
from ggedit.core.language import Context

assert "spacy" not in sys.modules
parser = RulesParser(Settings())
assert "spacy" not in sys.modules
assert len(parser.parse("remove the dog", Context()).clauses) == 1
assert "torch" not in sys.modules
"""


def test_the_model_loads_at_first_use_and_without_torch():
    subprocess.run([sys.executable, "-c", _CODE], check=True, timeout=120)


def test_torch_can_still_be_imported_afterwards():
    pytest.importorskip("torch")
    subprocess.run([sys.executable, "-c", f"{_CODE}\nimport torch"], check=True, timeout=120)
