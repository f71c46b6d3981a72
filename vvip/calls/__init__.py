"""The desk of 147 calls: their procedure, page, REST and reports of wrong paths (W-26 5.2, 5.3)."""
