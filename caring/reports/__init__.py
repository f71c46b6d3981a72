"""What is reported of P-01: measures, the daily and monthly report, lists of rows (requirements 8)."""
