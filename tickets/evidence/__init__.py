"""What the supporting applications say of a case's products (W-05 1.2.2, 1.2.7): readings, panel, pages."""
