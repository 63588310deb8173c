"""Grade a whole class in one batch: fast, resumable, and with one row for every submission."""
