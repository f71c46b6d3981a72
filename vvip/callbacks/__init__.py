"""The desk of callbacks: what Tier 2 does, and the queue that it works from (W-26 5.2.6, 5.3.4)."""
