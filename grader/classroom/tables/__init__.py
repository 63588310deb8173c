"""Tables of any program: read whole, and written back with only our cells changed."""
