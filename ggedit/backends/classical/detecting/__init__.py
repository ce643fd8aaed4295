"""The embedded detector's parts: network, proposals, words, ranking."""
