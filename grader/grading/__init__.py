"""The order of questions for one submission, a run of several, and pytest as the runner."""
