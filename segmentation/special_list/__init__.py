"""The lists of special and VVIP customers (W-26 5.1): who stands on them, why, until when and by whose approval."""
