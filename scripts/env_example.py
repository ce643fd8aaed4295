"""Write .env.example anew from the settings: python scripts/env_example.py"""

from __future__ import annotations

from pathlib import Path

from ggedit.config import describe_settings

HEAD = "# Copy to .env and take the # away from a line to change it. Real environment variables win over this file."


def main() -> None:
    rows = (f"# {meaning}\n# {name}={_portable(default)}" for name, default, meaning in describe_settings())
    file = Path(__file__).resolve().parents[1] / ".env.example"
    file.write_text("\n\n".join((HEAD, *rows)) + "\n", encoding="utf-8")


def _portable(default: str) -> str:
    """A folder of this machine is no default for others."""
    return "" if Path(default).is_absolute() else default


if __name__ == "__main__":
    main()
