"""The parts of every page: frame, menu, palette, live updates."""
