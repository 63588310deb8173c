"""A class: what was handed in, graded in one go, and compared."""
