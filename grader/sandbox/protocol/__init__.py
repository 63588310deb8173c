"""What crosses the wall, as bytes: frames, messages, answers, tensors, and how a process ends."""
