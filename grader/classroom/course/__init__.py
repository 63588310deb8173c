"""Several exercises of a course: the same people in each, and one grade from all."""
