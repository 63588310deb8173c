"""The right formula changed in one place: what people write when they make one mistake."""
