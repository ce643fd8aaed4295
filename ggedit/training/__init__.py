"""Training of the small models that come with the package, each with its card."""
