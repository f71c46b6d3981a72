"""Audited samples of 147 calls: right education and right escalation (W-26 4)."""
