"""P-01 6.4: the list of prospects (dapros) as a file: read by stream, judged row by row, kept (8.1 Import, Memory)."""
