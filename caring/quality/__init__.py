"""Quality control: instruments F-18, verdicts, samples, calibration and rulings (P-01 8 step 4, 9, 10)."""
