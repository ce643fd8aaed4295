"""Measure an editor on cases: ggedit itself, driven as a person would, or pictures that another system made."""
