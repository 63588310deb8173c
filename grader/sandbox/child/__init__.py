"""What happens inside the fork: locks, the submission's module, calls and their answers."""
