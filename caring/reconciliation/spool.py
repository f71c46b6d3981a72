"""Rows sorted on disk, in flat memory: sorted runs in one temporary file, merged as they are read."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from heapq import merge
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any, Self

from caring.reconciliation.rows import Row

RUN = 20_000  # rows sorted in memory at once
BLOCK = 200  # rows read at once of each run

Key = Callable[[Row], Any]


class Spool:
    """Rows in the order of `key`, as often as they are read once all are added. Close it, best by `with`.

    The file is ours from the first byte to the last: nothing is unpickled that this process did not write.
    """

    def __init__(self, key: Key) -> None:
        self.key, self.count = key, 0
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115  closed in `close`
        self._run: list[Row] = []
        self._runs: list[list[int]] = []  # of each run, where its blocks begin

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def add(self, row: Row) -> None:
        self.count += 1
        self._run.append(row)
        if len(self._run) >= RUN:
            self._flush()

    def __iter__(self) -> Iterator[Row]:
        self._flush()
        return merge(*(self._read(run) for run in self._runs), key=self.key)

    def _flush(self) -> None:
        if self._run:
            self._run.sort(key=self.key)
            self._runs.append([self._write(self._run[at : at + BLOCK]) for at in range(0, len(self._run), BLOCK)])
            self._run = []

    def _write(self, block: list[Row]) -> int:
        place = self._file.seek(0, SEEK_END)
        pickle.dump([tuple(row) for row in block], self._file, pickle.HIGHEST_PROTOCOL)
        return place

    def _read(self, run: list[int]) -> Iterator[Row]:
        for place in run:
            self._file.seek(place)
            yield from map(Row._make, pickle.load(self._file))  # noqa: S301  our own file
