"""Results where people look: one module for each system."""
