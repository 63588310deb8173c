"""A learner's own workspace: hints, progress, notebooks, grading on save."""
