"""`grade watch`: grades on save from a warm sandbox, shows one gradient in full, and waits for a key."""
