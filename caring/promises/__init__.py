"""Promises to pay: lines of a day and an amount, and whether they were kept (C-20)."""
