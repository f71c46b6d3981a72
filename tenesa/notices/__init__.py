"""Notices to a person: what others did with what is theirs."""
