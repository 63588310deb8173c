"""From a submission's bytes to its functions, in the locked child, without running a line of it."""
