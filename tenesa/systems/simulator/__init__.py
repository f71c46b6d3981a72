"""One HTTP service that plays all outside systems: the same contract, seeded data, faults that can be switched."""
