"""Making exercises: from a forward pass to stubs, settings and an empty solution."""
