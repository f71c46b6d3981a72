"""Quality control: instruments F-18, verdicts, samples, calibration and rulings (P-01 8 langkah 4, 9, 10)."""
