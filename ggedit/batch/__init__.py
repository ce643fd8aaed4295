"""Many rows at once: JSON lines in, JSON lines out."""
