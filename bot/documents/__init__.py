"""A letter or a calendar as a file in memory."""
