"""How long records are kept, and their disposal with a certificate (X-08, AMB-11)."""
