"""What detectors that understand phrases have in common, whichever library runs their network."""
