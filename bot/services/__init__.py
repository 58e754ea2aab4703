"""Use cases: one module per noun. They speak ports and never a library."""
