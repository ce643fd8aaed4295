"""The verbs: one pure step each, around at most two port calls."""
