"""What passes between grader and child, as bytes: frames, messages, answers, tensors; and how a process ends."""
