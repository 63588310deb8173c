"""Creating and verifying exercises."""
