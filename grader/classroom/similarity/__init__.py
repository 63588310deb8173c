"""Which submissions of a class share something rare: a reason to look, never a verdict."""
