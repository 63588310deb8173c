"""A class graded in one go: fast, resumable, and with one row for every submission."""
