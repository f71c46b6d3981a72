"""Whom caring does not call at all: lists entered by one person, approved by another (requirements 8; C-03)."""
