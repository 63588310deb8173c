"""What is reported of a run, and every form that it takes."""
