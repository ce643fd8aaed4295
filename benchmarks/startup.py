"""How long importing ggedit and starting its commands takes, in fresh processes.

    python -m benchmarks.startup [RUNS]

Prints the median and the range of each; the first run of all is not counted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

IMPORTS = ("ggedit", "ggedit.core.turn", "ggedit.session", "ggedit.assembly", "ggedit.cli")
COMMANDS = (("--version",), ("models",), ("parse", "remove the dog"))


def import_seconds(module: str) -> float:
    """Seconds that the import itself takes, without the interpreter's start."""
    code = f"import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def command_seconds(arguments: tuple[str, ...]) -> float:
    """Seconds of a whole process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "ggedit", *arguments], capture_output=True, check=True)
    return time.perf_counter() - began


def row(name: str, seconds: list[float]) -> str:
    return f"{name:<34}{statistics.median(seconds):>9.3f}{min(seconds):>9.3f}{max(seconds):>9.3f}"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print(f"{'seconds, ' + str(runs) + ' fresh processes':<34}{'median':>9}{'least':>9}{'most':>9}")
    for module in IMPORTS:
        import_seconds(module)
        print(row(f"import {module}", [import_seconds(module) for _ in range(runs)]))
    for arguments in COMMANDS:
        command_seconds(arguments)
        print(row("ggedit " + " ".join(arguments), [command_seconds(arguments) for _ in range(runs)]))


if __name__ == "__main__":
    main()
