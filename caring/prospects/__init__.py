"""P-01 5.1, 5.2: a customer in arrears is picked, called and reminded."""
