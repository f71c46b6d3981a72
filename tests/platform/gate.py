"""A gate between a worker and a server: lets everything through until the bytes that a test waits for."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Literal

Way = Literal["up", "down"]
REMEMBERED = 32


class Gate:
    """A TCP proxy. `hold("down", b"BODY[]")` stops the first chunk of an answer that has these bytes, and says so in
    `reached`; when the held connection ends on the worker's side, the chunk is gone as on a broken line."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.reached = threading.Event()
        self._free = threading.Event()
        self._free.set()
        self._held: tuple[Way, bytes] | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self, way: Way, pattern: bytes) -> None:
        self.reached.clear()
        self._free.clear()
        self._held = (way, pattern)

    def let_through(self) -> None:
        """Open again; what was held goes on if its line still stands."""
        self._held = None
        self._free.set()

    def close(self) -> None:
        self.let_through()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _address = self._listener.accept()
                outer = socket.create_connection(self._target)
                for way, source, sink in (("up", inner, outer), ("down", outer, inner)):
                    threading.Thread(target=self._pump, args=(way, source, sink), daemon=True).start()

    def _pump(self, way: Way, source: socket.socket, sink: socket.socket) -> None:
        seen = b""
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                seen = seen[-REMEMBERED:] + chunk
                if self._held is not None and self._held[0] == way and self._held[1] in seen:
                    self._held = None
                    self.reached.set()
                    self._free.wait()
                    if way == "up" and _ended(source):
                        break
                sink.sendall(chunk)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _ended(source: socket.socket) -> bool:
    """Is the sender gone? Then what it wanted to say must not arrive after its death; the kernel may need a moment."""
    source.settimeout(5)
    try:
        return source.recv(1, socket.MSG_PEEK) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        with contextlib.suppress(OSError):
            source.settimeout(None)
