"""What two texts differ in: lines beside each other, words marked, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenesa.knowledge.differences import CONTEXT, Line, between


def kinds(lines: list[Line]) -> list[str]:
    return [line.kind for line in lines]


def test_a_changed_word_is_marked_in_its_line() -> None:
    (line,) = between("Mohon tunggu sebentar ya", "Mohon tunggu sejenak ya")
    assert line.kind == "changed"
    assert [(part.kind, part.text) for part in line.parts] == [
        ("same", "Mohon tunggu "), ("removed", "sebentar"), ("added", "sejenak"), ("same", " ya"),
    ]  # fmt: skip


def test_another_sentence_is_removed_and_added_as_a_whole() -> None:
    assert kinds(between("Silakan datang ke Plasa", "Terima kasih, selamat siang")) == ["removed", "added"]


def test_what_is_far_from_a_change_is_counted_only() -> None:
    old = "\n".join(f"baris {n}" for n in range(20))
    lines = between(old, f"{old}\nbaris baru")
    assert kinds(lines) == ["skipped", *["same"] * CONTEXT, "added"]
    assert lines[0].count == 20 - CONTEXT


@pytest.mark.parametrize(("old", "new", "expected"), [("", "a", ["added"]), ("a", "", ["removed"]), ("", "", [])])
def test_an_empty_text_has_a_difference_too(old, new, expected) -> None:
    assert kinds(between(old, new)) == expected


TEXTS = st.lists(st.sampled_from(["satu dua tiga", "satu dua empat", "> lima", "", "enam"]), max_size=8).map("\n".join)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back_from_their_difference(old, new) -> None:
    def read(kept: str, skipped: str) -> str:
        lines: list[str] = []
        for line in between(old, new):
            if line.kind == "skipped":
                at = len(lines)
                lines += skipped.strip().splitlines()[at : at + line.count]
            elif line.kind in {"same", "changed", kept}:
                lines.append("".join(part.text for part in line.parts if part.kind in {"same", kept}))
        return "\n".join(lines)

    assert read("removed", old) == "\n".join(old.strip().splitlines())
    assert read("added", new) == "\n".join(new.strip().splitlines())
