"""The parts of the embedded segmenter: hints, ways to guess a mask, and how to rank the guesses."""
