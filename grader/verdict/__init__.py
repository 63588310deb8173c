"""What an answer is worth: arguments by name, the evidence, and the judgement on it."""
