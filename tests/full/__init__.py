"""With real weights: skipped, with the reason, where they are not on this machine."""
