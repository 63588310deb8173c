"""Verdicts: arguments bound by name, the evidence that calls produce, and the judgment on it."""
