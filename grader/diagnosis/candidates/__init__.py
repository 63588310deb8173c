"""Formulas that are the right one but for one place: what people write when they make one mistake."""
