"""The caring of the demonstration: two lists of prospects, and weeks of calls, verdicts and promises (12.5)."""
