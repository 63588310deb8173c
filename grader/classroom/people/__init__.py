"""The people of a class: whatever table lists them, and what they handed in."""
