"""Grading: the order of questions for one submission, runs of several submissions, and pytest as the runner."""
