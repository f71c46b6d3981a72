"""Small servers that speak what the embedded one does not: POP3, XOAUTH2 in front of it, a token endpoint."""

from __future__ import annotations

import base64
import contextlib
import json
import re
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


TOKEN_REFUSED = base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode()


@dataclass
class Provider:
    """An OAuth2 provider: each refresh token is good once, and gives the next access token of its one user."""

    user: str
    refresh_token: str = "refresh-0"
    access_token: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    refuses: str = ""

    def takes(self, offer: bytes) -> bool:
        """Is this, in base64, what XOAUTH2 sends for a token that is good?"""
        expected = f"user={self.user}\x01auth=Bearer {self.access_token}\x01\x01"
        return bool(self.access_token) and base64.b64decode(offer).decode() == expected


@dataclass
class Pop3Store:
    """UIDL to bytes; `refused` are listed and not given. `deleted` counts attempts to delete.

    With a provider its access token is what signs in, and no password does.
    """

    password: str = "rahasia"
    provider: Provider | None = None
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

        def sign_in(self) -> None:
            self.say("+ ")
            if store.provider and store.provider.takes(self.rfile.readline()):
                self.say("+OK")
            else:
                self.say(f"+ {TOKEN_REFUSED}")
                self.say("-ERR no" if self.rfile.readline() == b"\r\n" else "-ERR protocol")

        def handle(self) -> None:
            self.say("+OK")
            names = list(store.mails)
            while line := self.rfile.readline():
                word, *rest = line.decode().split()
                name = names[int(rest[0]) - 1] if word in {"RETR", "TOP", "DELE"} else ""
                if word == "AUTH":
                    self.sign_in()
                elif word == "PASS":
                    self.say("+OK" if rest == [store.password] and not store.provider else "-ERR no")
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

    return _listening(Handler)


def token_server(provider: Provider, port: int = 0) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Introspection: whose token is it?"""
            good = self.headers["Authorization"] == f"Bearer {provider.access_token}"
            self.answer(200 if good else 401, {"active": good, **({"username": provider.user} if good else {})})

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
            self.answer(200 if good else 400, answer)

        def answer(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


class _Front(socketserver.StreamRequestHandler):
    """A line to the server behind; each of the client's lines is looked at before it goes there."""

    behind: tuple[str, int]

    def handle(self) -> None:
        with socket.create_connection(self.behind) as inner:
            threading.Thread(target=self.pump, args=(inner,), daemon=True).start()
            while line := self.rfile.readline():
                self.line(inner, line)

    def line(self, inner: socket.socket, line: bytes) -> None:
        inner.sendall(line)

    def passed(self, chunk: bytes) -> bytes:
        return chunk

    def pump(self, inner: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := inner.recv(65536):
                self.wfile.write(self.passed(chunk))


def xoauth2_imap(target: tuple[str, int], provider: Provider, password: str) -> socketserver.ThreadingTCPServer:
    """IMAP that takes XOAUTH2 only; behind it is a real server, signed in to by password."""

    class Handler(_Front):
        behind = target

        def line(self, inner: socket.socket, line: bytes) -> None:
            tag, _space, rest = line.partition(b" ")
            if rest.upper().startswith(b"LOGIN"):
                self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] passwords are not taken\r\n")
            elif rest.upper().startswith(b"AUTHENTICATE XOAUTH2"):
                self.wfile.write(b"+ \r\n")
                if provider.takes(self.rfile.readline()):
                    inner.sendall(tag + f" LOGIN {provider.user} {password}\r\n".encode())
                else:
                    self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] invalid token\r\n")
            else:
                inner.sendall(line)

    return _listening(Handler)


def xoauth2_smtp(target: tuple[str, int], provider: Provider, password: str) -> socketserver.ThreadingTCPServer:
    """SMTP that takes XOAUTH2 only, and mail only of who has signed in; a real server behind it as above."""

    class Handler(_Front):
        behind = target
        signed_in = False

        def line(self, inner: socket.socket, line: bytes) -> None:
            word, *rest = line.split() or [b""]
            if word.upper() == b"AUTH" and rest[0] == b"XOAUTH2" and provider.takes(rest[1]):
                self.signed_in = True
                plain = base64.b64encode(f"\0{provider.user}\0{password}".encode())
                inner.sendall(b"AUTH PLAIN " + plain + b"\r\n")
            elif word.upper() == b"AUTH":
                self.wfile.write(f"334 {TOKEN_REFUSED}\r\n".encode())
                said = self.rfile.readline()
                self.wfile.write(b"535 5.7.8 invalid token\r\n" if said == b"\r\n" else b"500 protocol\r\n")
            elif word.upper() == b"MAIL" and not self.signed_in:
                self.wfile.write(b"530 5.7.0 Authentication required\r\n")
            else:
                inner.sendall(line)

        def passed(self, chunk: bytes) -> bytes:
            return re.sub(rb"(250[- ])AUTH [^\r]*", rb"\1AUTH XOAUTH2", chunk)

    return _listening(Handler)


def marking_imap(target: tuple[str, int], folder: bytes) -> socketserver.ThreadingTCPServer:
    """A real IMAP server that marks a folder as the one for sent mail (SPECIAL-USE)."""

    class Handler(_Front):
        behind = target

        def passed(self, chunk: bytes) -> bytes:
            return re.sub(rb"(\* LIST \([^)]*)(\) [^ ]+ \"?" + folder + rb"\"?\r\n)", rb"\1 \\Sent\2", chunk)

    return _listening(Handler)


def _listening(handler: type[socketserver.BaseRequestHandler]) -> socketserver.ThreadingTCPServer:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    return server
