"""Files of lists in the database, piece by piece."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from caring.dapros.models import DaprosBatch, DaprosPart

PIECE = 2**20


class Lost(Exception):
    """Somebody else reads the list, or it is no longer to be read."""


def digest_of(pieces: Iterable[bytes]) -> tuple[str, int]:
    """SHA-256 and size of a content."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def write(batch: DaprosBatch, file: IO[bytes]) -> None:
    file.seek(0)
    place = 0
    while piece := file.read(PIECE):
        DaprosPart.objects.create(batch=batch, place=place, content=piece)
        place += 1


@contextmanager
def opened(batch: DaprosBatch) -> Iterator[IO[bytes]]:
    """The file on this machine's disk, for as long as it is read. Raises Lost where it was given up meanwhile."""
    with tempfile.TemporaryFile(prefix="tenesa-dapros-") as file:
        for pk in batch.parts.order_by("place").values_list("pk", flat=True):
            content = DaprosPart.objects.filter(pk=pk).values_list("content", flat=True).first()
            if content is None:
                raise Lost
            file.write(content)
        file.seek(0)
        yield file


def forget(batch: DaprosBatch) -> None:
    """Delete the file of a list that will not be read again; its hash stays."""
    batch.parts.all().delete()
