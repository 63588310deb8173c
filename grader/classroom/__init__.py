"""A whole class: collecting submissions, grading them in one batch, and comparing them."""
