"""Making exercises, and testing them."""
