"""One escalation procedure for all desks: ask, decide, raise, pass to a unit, answer (P-05 5.6, 5.9; X-11)."""
