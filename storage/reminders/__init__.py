"""Reminders, in the order of their life: rows, planner, claim, attempt, take_over, ledger; ``store`` is all of them."""
