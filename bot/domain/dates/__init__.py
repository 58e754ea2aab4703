"""Dates and times as people type them: one grammar over one list of words, each module reading what those above it cannot."""
