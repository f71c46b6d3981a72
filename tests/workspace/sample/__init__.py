"""The smallest procedure that has everything a desk can have; docs/adding-a-procedure.md walks through it."""
