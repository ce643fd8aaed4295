"""The embedded editor's parts: one module for each kind of step, and what they share."""
