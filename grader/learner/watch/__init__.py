"""`grade watch`: regrades on save in a running sandbox, shows one gradient in full, and reads keys."""
