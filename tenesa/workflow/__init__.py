"""Taking the steps of a written procedure safely."""
