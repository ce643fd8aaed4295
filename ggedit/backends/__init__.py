"""Brands: one library per file, reached only through the strings in the registry."""
