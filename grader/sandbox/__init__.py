"""The wall between the grader and a learner's code (theory of operation to come)."""
