"""Mail in and out: nothing lost, nothing doubled, nothing answered by accident."""
