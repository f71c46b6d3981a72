"""Dated promises: a hold until a time, a payment until a day; kept, broken, expired or put off (ADR-0017)."""
