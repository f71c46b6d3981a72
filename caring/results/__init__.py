"""P-01 5.3 and 8, steps 3 - 6: what came of a call, entered into both applications, judged and checked."""
