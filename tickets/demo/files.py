"""Attachments for demo mails, made in code: a traffic picture and a letter."""

from __future__ import annotations

import random
import struct
import zlib

WIDTH, HEIGHT = 480, 140
_BACKGROUND, _GRID, _LINE = b"\xff\xff\xff", b"\xe2\xe8\xf0", b"\x1d\x4e\xd8"


def traffic_png(seed: int, *, breaks_off: bool = True) -> bytes:
    """A traffic graph as customers paste it from their own monitoring; it falls to nothing when the link breaks."""
    dice = random.Random(seed)  # noqa: S311 - a picture, not a secret
    heights: list[int] = []
    level = 60.0
    for column in range(WIDTH):
        level = min(110.0, max(15.0, level + dice.uniform(-6, 6)))
        heights.append(2 if breaks_off and column > WIDTH * 0.7 else int(level))
    rows = []
    for row in range(HEIGHT):
        from_bottom = HEIGHT - row
        line = b"".join(
            _LINE if from_bottom <= height else _GRID if row % 28 == 0 or column % 60 == 0 else _BACKGROUND
            for column, height in enumerate(heights)
        )
        rows.append(b"\x00" + line)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def letter_pdf(lines: list[str]) -> bytes:
    """A one-page letter in Helvetica; plain ASCII text only."""
    text = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    stream = f"BT /F1 11 Tf 16 TL 60 780 Td\n{text}ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
