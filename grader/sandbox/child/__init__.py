"""Code that runs in the server before a fork and in the child after it: warm-up, locks, the submission's calls."""
