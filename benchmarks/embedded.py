"""Time and peak memory of every stage on the worked examples, and on large photos.

    python -m benchmarks.embedded [--sheets FOLDER] [--only NAME ...]

Prints one row per turn; with --sheets also writes a contact sheet (input, boxes, mask, result)
for each. Times are wall seconds of one warm run on this machine.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from pathlib import Path

import numpy as np

from benchmarks.contact_sheet import make_sheet
from benchmarks.examples import EXAMPLES, Example
from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.core.events import StageFailed
from ggedit.core.picture import Picture
from ggedit.core.turn import STAGES, Turn
from ggedit.session import EditSession
from tests.pictures import PictureMissing, load


def main() -> None:
    arguments = _arguments()
    assembly = Assembly(load_settings({"GGEDIT_TIER": "embedded"}))
    _warm_up(assembly)
    print(f"{'example':18}{'size':>11}" + "".join(f"{s:>9}" for s in STAGES) + f"{'total':>9}{'peak MiB':>10}")
    totals = [t for e in EXAMPLES if _wanted(e, arguments.only) for t in run_example(assembly, e, arguments.sheets)]
    print(f"median total {statistics.median(totals):.2f} s over {len(totals)} turns")
    if not arguments.only:
        for width, height in ((512, 512), (1024, 768), (6000, 4000)):
            _removal_at(assembly, width, height)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    return parser.parse_args()


def _wanted(example: Example, only: list[str]) -> bool:
    return not only or example.name in only


def _warm_up(assembly: Assembly) -> None:
    """Loads the language model and the detector, which a page does once at its start."""
    session = EditSession(Picture(np.full((64, 64, 3), 128, np.uint8)), assembly.kit)
    session.ask("remove the cup")
    list(session.run(ask_user=False))


def run_example(assembly: Assembly, example: Example, sheets: Path | None) -> list[float]:
    """Seconds of each turn."""
    try:
        session = EditSession(load(example.picture), assembly.kit)
    except PictureMissing as error:
        print(f"{example.name:18} skipped: {error}")
        return []
    totals: list[float] = []
    for number, text in enumerate(example.turns, start=1):
        session.ask(text)
        began = time.perf_counter()
        failed = [e.message for e in session.run(ask_user=False) if isinstance(e, StageFailed)]
        totals.append(time.perf_counter() - began)
        _print_row(example.name if number == 1 else f"  turn {number}", session.draft, totals[-1])
        if failed:
            print(f"  failed: {failed[0]}")
            break
        if sheets is not None:
            sheets.mkdir(parents=True, exist_ok=True)
            make_sheet(session.draft).save(sheets / f"{example.name}-{number}.jpg", quality=88)
        session.accept()
    return totals


def _print_row(name: str, turn: Turn, total_s: float) -> None:
    seconds = {r.stage: r.seconds_s for r in turn.records}
    size = f"{turn.picture.extent.width}x{turn.picture.extent.height}"
    cells = "".join(f"{seconds.get(s, float('nan')):9.2f}" for s in STAGES)
    print(f"{name:18}{size:>11}{cells}{total_s:9.2f}{_peak_mib():10.0f}")


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _removal_at(assembly: Assembly, width: int, height: int) -> None:
    """The dog removed from its photo scaled to a size; the median of three seeds for the small ones."""
    try:
        photo = load("dog")
    except PictureMissing as error:
        print(f"removal at {width}x{height} skipped: {error}")
        return
    pixels = np.asarray(photo.to_pillow().convert("RGB").resize((width, height)), np.uint8)
    seconds: list[float] = []
    for seed in range(3 if width < 2000 else 1):
        fresh = pixels.copy()
        fresh[0, 0] ^= np.uint8(seed + 1)  # another picture for the caches: nothing is perceived yet
        session = EditSession(Picture(fresh), assembly.kit)
        session.ask("remove the dog", seed=seed)
        began = time.perf_counter()
        list(session.run(ask_user=False))
        seconds.append(time.perf_counter() - began)
    _print_row("dog, scaled", session.draft, statistics.median(seconds))


if __name__ == "__main__":
    main()
