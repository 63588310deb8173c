"""Formats that other systems read: one module for each."""
