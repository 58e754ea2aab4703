"""Forms, and what a control carries with it."""
