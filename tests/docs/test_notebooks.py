"""Every notebook runs from top to bottom, from the repository's root, and says what it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAYS = {
    "walkthrough": (r"restyle \| orange flower", r"steps: \['restyle'\]", r"purple flower: True"),
    "correcting": (r"ran: \['segment'\]\nmask: \d+ -> \d+ pixels", r"ran: \['segment'\] \| 3 corrections left"),
    "adding_a_backend": (r"segmenter: round", r"fills 0\.7\d of its own box; a circle has 0\.79"),
    "learning_a_concept": (
        r"step 6 of 6: loss \d",
        r"files: .*'adapter_model.safetensors'.*'rows.safetensors'",
        r"same name: True",
    ),
    "reading_an_evaluation": (
        r"finished with a result +1\.00",
        r"look first at: \['",
        r"PSNR outside +baseline less ours -",
    ),
}


def test_every_notebook_is_run() -> None:
    assert {file.stem for file in (ROOT / "notebooks").glob("*.py")} == set(SAYS)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAYS)
def test_notebook(name: str) -> None:
    command = [sys.executable, f"notebooks/{name}.py"]
    if name == "learning_a_concept":
        pytest.importorskip("diffusers")
        pytest.importorskip("peft")
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert [pattern for pattern in SAYS[name] if not re.search(pattern, run.stdout)] == [], run.stdout
