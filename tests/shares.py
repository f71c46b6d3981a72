"""Tries that are too many for each run: `make test` makes one share of them, `make drill` all the others."""

import pytest


def shares(number: int) -> pytest.MarkDecorator:
    """The test takes its `share`, from 0; of what it goes through, one in `number`, each time others."""
    others = (pytest.param(share, marks=pytest.mark.long) for share in range(1, number))
    return pytest.mark.parametrize("share", [0, *others])
