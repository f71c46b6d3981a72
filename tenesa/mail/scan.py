"""What ClamAV says of a content (setting CLAMAV_URL, optional). A verdict is kept with the bytes, whoever sent them."""

from __future__ import annotations

import logging
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from tenesa.mail.models import Blob, CaseFile, InboundMail, Scan
from tenesa.workflow.changed import changed

logger = logging.getLogger(__name__)
_CHUNK = 2**16
_TIMEOUT = 20.0
_LONGEST_ANSWER = 4096


class NotScanned(Exception):
    """The scanner is not there, is busy, or refuses this content; the text says which."""


def scan(blob: Blob) -> Scan | None:
    """The verdict on these bytes, asked for once. None when no scanner is configured; NotScanned when it is silent."""
    if not settings.CLAMAV_URL:
        return None
    if known := Scan.objects.filter(blob=blob).first():
        return known
    threat = ask(blob.content, settings.CLAMAV_URL)
    return Scan.objects.get_or_create(blob=blob, defaults={"threat": threat})[0]


def scan_mail(pk: int) -> str:
    """After filing: the mail as it came and each of its files, so that the verdict stands there when a person looks."""
    mail = InboundMail.objects.select_related("blob").filter(pk=pk).first()
    if mail is None:
        return "no such mail"
    count = 0
    try:
        for blob in [mail.blob, *(part.blob for part in mail.attachments.select_related("blob"))]:
            count += scan(blob) is not None
    except NotScanned as error:
        logger.warning("mail %s not scanned: %s", pk, error)
    if count and mail.procedure and mail.case_id:
        changed(mail.procedure, mail.case_id)
    return f"{count} scanned"


def scan_case_files(procedure: str, case_id: int) -> str:
    """Files that were handed in with a step of this case."""
    count = 0
    try:
        for file in CaseFile.objects.filter(procedure=procedure, case_id=case_id).select_related("blob"):
            count += scan(file.blob) is not None
    except NotScanned as error:
        logger.warning("files of %s %s not scanned: %s", procedure, case_id, error)
    if count:
        changed(procedure, case_id)
    return f"{count} scanned"


def ask(content: bytes, url: str) -> str:
    """clamd's INSTREAM: chunks with their length in front, a chunk of length 0 ends; "" or the name of the threat."""
    try:
        with _connect(url) as line:
            line.sendall(b"zINSTREAM\0")
            view = memoryview(content)
            for start in range(0, len(view), _CHUNK):
                chunk = view[start : start + _CHUNK]
                line.sendall(struct.pack("!I", len(chunk)))
                line.sendall(chunk)
            line.sendall(struct.pack("!I", 0))
            answer = _answer(line)
    except OSError as error:
        raise NotScanned(str(error) or type(error).__name__) from error
    words = answer.removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")[:200] or "?"
    raise NotScanned(answer or "no answer")


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_TIMEOUT)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=_TIMEOUT)


def _answer(line: socket.socket) -> str:
    """Up to the NUL that ends it; a scanner that hangs up in the middle (size limit) has answered before."""
    received = b""
    while len(received) < _LONGEST_ANSWER and b"\0" not in received:
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        received += part
    return received.partition(b"\0")[0].decode("utf-8", "replace").strip()
