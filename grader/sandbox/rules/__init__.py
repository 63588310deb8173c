"""Checks on a submission's syntax tree for what it may not use."""
