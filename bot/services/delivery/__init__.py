"""How a reminder is delivered: sweep, attempt, pacing; in words, and explained afterwards."""
