"""What a signed S/MIME mail says (RFC 5652 SignedData). Nothing is verified and nothing decrypted.

Only the path to the content is walked, so a hostile structure costs no more than its outermost elements.
"""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_MAX_ELEMENTS = 100_000
_SEQUENCE, _SET, _INTEGER, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x30, 0x31, 0x02, 0x04, 0x24, 0xA0


class _NotCms(Exception):
    """The bytes are no SignedData, or one in which nothing is enclosed."""


def signed_content(content: bytes) -> bytes | None:
    """The mail inside of a signature; None when there is none, for example because it is encrypted."""
    try:
        return _Walk(content).enclosed()
    except (_NotCms, IndexError):
        return None


class _Walk:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def enclosed(self) -> bytes:
        self._enter(_SEQUENCE)
        if not self._data.startswith(_SIGNED_DATA, self._at):
            raise _NotCms
        self._at += len(_SIGNED_DATA)
        self._enter(_EXPLICIT)
        self._enter(_SEQUENCE)
        self._skip(_INTEGER)
        self._skip(_SET)
        self._enter(_SEQUENCE)
        self._skip(0x06)
        return self._octets(self._enter(_EXPLICIT))

    def _header(self) -> tuple[int, int | None]:
        """(tag, length) of the element that begins here, None for a length that is not told (BER)."""
        tag, size = self._data[self._at], self._data[self._at + 1]
        self._at += 2
        if tag & 0x1F == 0x1F or size > 0x84:
            raise _NotCms
        if size < 0x80:
            return tag, size
        more = size - 0x80
        self._at += more
        return tag, int.from_bytes(self._data[self._at - more : self._at], "big") if more else None

    def _enter(self, expected: int) -> int:
        """Where the element ends that begins here, as far as the data goes."""
        tag, length = self._header()
        if tag != expected:
            raise _NotCms
        return len(self._data) if length is None else min(len(self._data), self._at + length)

    def _skip(self, expected: int) -> None:
        depth = 0
        for number in range(_MAX_ELEMENTS):
            tag, length = self._header()
            if not number and tag != expected:
                raise _NotCms
            depth += 1 if length is None else -1 if not tag else 0
            self._at += length or 0
            if depth <= 0:
                return
        raise _NotCms

    def _octets(self, end: int) -> bytes:
        """An octet string, whole or in pieces."""
        pieces: list[bytes] = []
        opened = 0
        for _number in range(_MAX_ELEMENTS):
            if self._at >= end:
                break
            tag, length = self._header()
            if tag == _OCTETS and length is not None:
                pieces.append(self._data[self._at : min(end, self._at + length)])
                self._at += length
            elif tag == _OCTETS_IN_PIECES:
                opened += length is None
            elif not tag and opened > 1:
                opened -= 1
            else:
                break
        if not pieces:
            raise _NotCms
        return b"".join(pieces)
