"""Small servers that speak what the embedded one does not: POP3, XOAUTH2 in front of IMAP, a token endpoint."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@contextlib.contextmanager
def running(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.socket.getsockname()[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Pop3Store:
    """UIDL to bytes; `refused` are listed and not given. `deleted` counts attempts to delete."""

    password: str = "rahasia"
    mails: dict[str, bytes] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    deleted: int = 0


def pop3_server(store: Pop3Store) -> socketserver.ThreadingTCPServer:
    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

        def many(self, lines: list[bytes]) -> None:
            stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
            self.wfile.write(b"+OK\r\n" + b"".join(line + b"\r\n" for line in stuffed) + b".\r\n")

        def handle(self) -> None:
            self.say("+OK")
            names = list(store.mails)
            while line := self.rfile.readline():
                word, *rest = line.decode().split()
                name = names[int(rest[0]) - 1] if word in {"RETR", "TOP", "DELE"} else ""
                if word == "PASS":
                    self.say("+OK" if rest == [store.password] else "-ERR no")
                elif word == "UIDL":
                    self.many([f"{n} {one}".encode() for n, one in enumerate(names, 1)])
                elif word == "LIST":
                    self.many([f"{n} {len(store.mails[one])}".encode() for n, one in enumerate(names, 1)])
                elif word in {"RETR", "TOP"} and name not in store.refused:
                    lines = store.mails[name].removesuffix(b"\r\n").split(b"\r\n")
                    self.many(lines[: 1 + int(rest[1])] if word == "TOP" else lines)
                elif word in {"RETR", "TOP"}:
                    self.say("-ERR cannot")
                elif word == "DELE":
                    store.deleted += 1
                    self.say("+OK")
                else:
                    self.say("+OK")
                if word == "QUIT":
                    return

    socketserver.ThreadingTCPServer.allow_reuse_address = True
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


@dataclass
class Provider:
    """An OAuth2 provider: each refresh token is good once, and gives the next access token."""

    refresh_token: str = "refresh-0"
    access_token: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    refuses: str = ""


def token_server(provider: Provider) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            asked = {name: values[0] for name, values in form.items()}
            provider.asked.append(asked)
            good = not provider.refuses and asked["refresh_token"] == provider.refresh_token
            answer: dict[str, Any] = {"error": "invalid_grant", "error_description": provider.refuses or "used"}
            if good:
                number = len(provider.asked)
                provider.access_token, provider.refresh_token = f"access-{number}", f"refresh-{number}"
                answer = {"access_token": provider.access_token, "expires_in": 3600}
                answer["refresh_token"] = provider.refresh_token
            self.send_response(200 if good else 400)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def xoauth2_imap(target: tuple[str, int], provider: Provider, password: str) -> socketserver.ThreadingTCPServer:
    """IMAP that takes XOAUTH2 only; behind it is a real server, signed in to by password."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(target) as inner:
                threading.Thread(target=self.pump, args=(inner,), daemon=True).start()
                while line := self.rfile.readline():
                    tag, _space, rest = line.partition(b" ")
                    if rest.upper().startswith(b"LOGIN"):
                        self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] passwords are not taken\r\n")
                    elif rest.upper().startswith(b"AUTHENTICATE XOAUTH2"):
                        self.sign_in(inner, tag)
                    else:
                        inner.sendall(line)

        def sign_in(self, inner: socket.socket, tag: bytes) -> None:
            self.wfile.write(b"+ \r\n")
            said = base64.b64decode(self.rfile.readline()).decode()
            user, bearer = said.split("\x01")[:2]
            if provider.access_token and bearer == f"auth=Bearer {provider.access_token}":
                inner.sendall(
                    tag + b" LOGIN " + user.removeprefix("user=").encode() + b" " + password.encode() + b"\r\n"
                )
            else:
                self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] invalid token\r\n")

        def pump(self, inner: socket.socket) -> None:
            with contextlib.suppress(OSError, ValueError):
                while chunk := inner.recv(65536):
                    self.wfile.write(chunk)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server
