"""The page: read the settings, choose the backends, build, launch."""

from __future__ import annotations

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.ui.build import build, launch_options


def main() -> None:
    """Start the page and print its address."""
    settings = load_settings()
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.home / "page"))  # uploads: ours alone, and swept
    build(Assembly(settings), settings).launch(**launch_options(settings))


if __name__ == "__main__":
    main()
