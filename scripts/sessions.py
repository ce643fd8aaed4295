"""Makes the finished sessions that the page offers as examples, on the embedded tier.

python scripts/sessions.py [FOLDER]        (default: assets/sessions)

Each is a session zip with a thumbnail beside it; the same photos and seeds give the same pixels.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ggedit.assembly import Assembly  # noqa: E402
from ggedit.config import Settings  # noqa: E402
from ggedit.core.events import StageFailed  # noqa: E402
from ggedit.core.picture import Picture  # noqa: E402
from ggedit.session import EditSession, save_history  # noqa: E402
from tests.pictures import load  # noqa: E402

SESSIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "cup": ("coffee", ("make the cup blue", "make the cup brighter")),
    "helmet": ("astronaut", ("remove the black helmet", "make the picture warmer")),
    "motorcycle": ("motorcycle", ("make the motorcycle blue", "make the motorcycle darker")),
}
_LONGEST_PX = 640
_THUMB_PX = 160


def main() -> None:
    """Make every session anew."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        assembly = Assembly(Settings(home=Path(home), tier="embedded"))
        for name, (photo, asks) in SESSIONS.items():
            session = assembly.session(_small(load(photo)), kept=False)
            for ask in asks:
                _do(session, ask)
            save_history(session.history, folder / f"{name}.zip")
            thumb = session.picture.to_pillow()
            thumb.thumbnail((_THUMB_PX, _THUMB_PX))
            thumb.save(folder / f"{name}.png")
            (folder / f"{name}.zip").chmod(0o644)
            size = (folder / f"{name}.zip").stat().st_size
            print(f"{name}: {size / 2**20:.2f} MiB, {[turn.ask.text for turn in session.history.turns]}")


def _small(picture: Picture) -> Picture:
    image = picture.to_pillow()
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    return Picture(np.asarray(image))


def _do(session: EditSession, ask: str) -> None:
    session.ask(ask, seed=7)
    for event in session.run(ask_user=False):
        if isinstance(event, StageFailed):
            raise SystemExit(f"{ask}: {event.message}")
    session.accept()


if __name__ == "__main__":
    main()
