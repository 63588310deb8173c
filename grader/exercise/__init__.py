"""Exercises: a forward pass, its settings, and concrete cases of it with every gradient."""
