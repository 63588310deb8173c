"""The grader's side of the sandbox: starts a server or an interpreter, asks it, times it and kills it."""
