"""W-26, special and VVIP customers: three desks, `calls` (147), `callbacks` (Tier 2) and `audits` (samples)."""
