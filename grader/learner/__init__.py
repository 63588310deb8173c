"""A learner's own workspace: hints, progress, notebooks, and grading on save."""
