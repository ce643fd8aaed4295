"""``python -m ggedit`` is the command line."""

from .cli import app

app()
