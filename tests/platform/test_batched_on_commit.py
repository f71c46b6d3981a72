"""What one commit tells leaves together."""

from __future__ import annotations

from typing import Any

import pytest

from tenesa.workflow.batched_on_commit import batched, later


def test_it_is_sent_at_once_when_nobody_gathers():
    sent: list[list[Any]] = []
    later(sent.append, 1)
    assert sent == [[1]]


def test_it_is_sent_in_one_list_when_the_block_ends_even_badly():
    numbers: list[list[Any]] = []
    letters: list[list[Any]] = []
    to_numbers, to_letters = numbers.append, letters.append

    def half_way() -> None:
        with batched():
            later(to_numbers, 1)
            later(to_letters, "a")
            later(to_numbers, 2)
            assert numbers == []
            raise KeyError

    with pytest.raises(KeyError):
        half_way()
    assert (numbers, letters) == ([[1, 2]], [["a"]])
    later(to_numbers, 3)
    assert numbers == [[1, 2], [3]]
