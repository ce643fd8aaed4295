"""Many rows at once: JSON lines in and out, and whole batches of pictures on one machine or a cluster."""
