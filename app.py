"""The page: read the settings, choose the backends, build, launch."""

from __future__ import annotations

import os
from importlib.util import find_spec

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
if find_spec("spaces"):
    import spaces  # type: ignore  # noqa: F401 - ZeroGPU wants to be first

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.ui.build import build, launch_options
from ggedit.ui.zero_gpu import run_on_lent_gpu


def main() -> None:
    """Start the page and print its address."""
    settings = load_settings()
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.home / "page"))  # uploads: ours alone, and swept
    assembly = Assembly(settings)
    run_on_lent_gpu(assembly, settings)
    build(assembly, settings).launch(**launch_options(settings))


if __name__ == "__main__":
    main()
