"""Contact with customers: one form of numbers, who may be called when, and the log of every attempt, for all desks."""
