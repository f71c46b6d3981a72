"""What may be offered to whoever is in arrears (requirements 8.1)."""
