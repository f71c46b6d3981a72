"""Search over the cases of all procedures by what is in them (ADR-0026)."""
