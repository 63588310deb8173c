"""The command line: words and options in, an exit code out."""
