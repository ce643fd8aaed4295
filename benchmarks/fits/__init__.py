"""Scripts that fit the small constants in the package. They write files, so nothing runs them by itself."""
