"""What every promptable segmenter of the SAM family shares, whichever library runs it."""
