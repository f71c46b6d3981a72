"""Scripts, articles and products at hand: the local mirror of My Kiss (X-14, P-05 5.5)."""
