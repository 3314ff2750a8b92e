"""Pages of the public read side, one module per kind of page."""
