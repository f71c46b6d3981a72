"""Mail that came back: whom a mail server did not reach, why, and which mail it was.

Servers that keep to RFC 3464 say it in fields. The others say it in prose of their own; there an address counts where
it stands alone, heads its line, or follows a word like "recipient", and never when it is the server's or our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tenesa.mail import headers, mime
from tenesa.mail.mime import Part
from tenesa.mail.values import Kind, Returned
from tenesa.mail.wording import any_of

MAX_TEXT = 20_000
_ADDRESS = re.compile(r"[\w.+=/&'*%$!#?^`{|}~-]{1,100}@(?:[\w-]{1,63}\.){1,10}[A-Za-z0-9-]{2,40}")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b|\b(5[0-5]\d)[ -]")
_MESSAGE_ID = re.compile(rb"(?im)^[> \t]{0,4}message-id:[ \t\r\n]{0,6}<([^<>\s]{3,250})>")
_REPORTS = {"message/delivery-status", "message/global-delivery-status"}
_NOT_FAILED = {"delayed", "delivered", "relayed", "expanded"}
DELAYED = any_of(
    r"not yet (?:been )?(?:delivered|deliverable)|belum (?:dapat |bisa |berhasil )?(?:ter|di)?(?:kirim|sampai)",
    r"delivery attempts will continue|will (?:continue|keep) (?:to )?(?:try|attempt|retry)",
    r"(?:has been|was) (?:postponed|delayed|deferred)|still (?:being )?retr|pengiriman tertunda",
    r"akan (?:terus )?(?:di)?(?:coba|mencoba)",
)
# From here on stands the mail that came back, or the talk of two servers.
_RETURNED_BELOW = re.compile(
    r"^[\W_]{0,60}(?:(?:start of |end of )?(?:the )?(?:returned|original|unsent|undelivered) (?:message|mail)"
    r"|(?:this|below|here)\b.{0,30} is (?:a|the) copy|(?:the )?message (?:header|text|body)s?\b"
    r"|the headers? |session transcript|transcript of session|old message|pesan asli|surat asli|salinan pesan"
    r"|the first \d{1,4} lines|return-path:|received:)",
    re.IGNORECASE,
)
_ABOUT_OTHERS = any_of(
    *("please (?:contact|reply)", "for (?:further |more )?(?:assistance|information|help)", "contact:", "hubungi"),
    *(r"^[\s*>-]{0,10}(?:from|sender|dari|reply-to|subject|message-id|sent|date)\s?:", "mail from", "accepting mail"),
    *("if you have any questions", r"\be\.g\.", r"\btry (?:emailing|sending|the|to)\b", r"fails, try\b", "instead"),
    before="",
)
_RECEIVER_FIELD = re.compile(r"^\s{0,10}(?:to|kepada|cc)\s?:", re.IGNORECASE)  # of the mail that came back
_FOLLOWING = any_of("following (?:recipients?|users?|address(?:es)?)", "penerima berikut", before="")
_LOCAL = re.compile(r"[ \t]{1,20}([\w.+-]{2,60})[ \t]{0,20}$")
_HEAD_OF_LINE = re.compile(r"^[\s>*\-|•·\[<\"'(]{0,20}(?:smtp[;:=] ?)?$", re.IGNORECASE)
_CUE = any_of(
    *("recipients?", "address(?:es|ed)?", "mailbox", "user", "account", "deliver(?:ed|y)?", "message to", "mail to"),
    *("penerima", "alamat", "kepada", "akun", "expanded from", "rcpt to", "rfc822", "dda", "to", "for", "ke"),
    after=r"\b[^\w@]{0,12}(?:(?:to|is|was|ke|address|message|your message|email address)\b[^\w@]{0,12}){0,3}$",
)


def delivery_kind(root: Part, subject: str, text: str) -> Kind:
    """Of a delivery status report: failed counts more than delayed, and both more than delivered."""
    actions = [word.lower() for block in _blocks(root) for word in block.get("action", "").split()[:1]]
    if any(action not in _NOT_FAILED for action in actions):
        return Kind.BOUNCE
    if actions:
        return Kind.DELAY if "delayed" in actions else Kind.RECEIPT
    return Kind.DELAY if is_delay(subject, text) else Kind.BOUNCE


def is_delay(subject: str, text: str) -> bool:
    """A warning: the server goes on trying."""
    late = re.search(r"delay|warning: (?:message|could not)|tertunda|belum terkirim", subject, re.IGNORECASE)
    return bool(late) or bool(DELAYED.search(own_part(text)[:3000]))


def returned(root: Part, subject: str, text: str) -> Returned:
    """Whom a bounce names, why, and the Message-IDs of the mails it came back for."""
    blocks = list(_blocks(root))
    told = [(name, block) for block in blocks if (name := _recipient(block))]
    failed = [name for name, block in told if block.get("action", "").lower().split()[:1] not in _SAFE]
    found = failed or [name for name, _block in told]
    found += [one.email for value in root.all("x-failed-recipients") for one in headers.addresses(value)]
    found = found or _in_prose(subject, text, _own_addresses(root)) or _in_attached(root) or _of_the_server(root, text)
    reason = next((block["diagnostic-code"] for block in blocks if block.get("diagnostic-code")), "")
    return Returned(tuple(dict.fromkeys(found))[:100], reason[:500] or _reason(text), tuple(_named_ids(root)))


_SAFE = (["delivered"], ["relayed"], ["expanded"])


def _blocks(root: Part) -> Iterator[dict[str, str]]:
    """The groups of fields of the report parts: one for the server, then one a recipient."""
    for part in walk(root):
        if part.content_type in _REPORTS or part.content_type == "message/disposition-notification":
            content = part.content[:100_000].replace(b"\r\n", b"\n")
            for block in re.split(rb"\n[ \t]*\n", content)[:200]:
                pairs = mime.parse(block + b"\n\n").headers
                yield {name: headers.clean(headers.text_of(value)) for name, value in reversed(pairs)}


def _recipient(block: dict[str, str]) -> str:
    """As we wrote it, if the server kept that; else where it went in the end."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        if hit := _ADDRESS.search(block.get(name, "")):
            return hit[0].lower()
    return ""


def own_part(text: str) -> str:
    """What the mail server itself says, without the mail it returns."""
    kept: list[str] = []
    for line in text[:MAX_TEXT].split("\n"):
        if kept and _RETURNED_BELOW.match(line[:200]):
            break
        if line.strip():
            kept.append(line[:1000])
    return "\n".join(kept)


def is_about_a_mail(root: Part, text: str) -> bool:
    """Every bounce names an address or a status, or encloses the mail that came back."""
    enclosed = not {"message/rfc822", "text/rfc822-headers"}.isdisjoint(types(root))
    return enclosed or any(_ADDRESS.search(line) or _STATUS.search(line) for line in own_part(text).split("\n"))


def _in_prose(subject: str, text: str, ours: set[str]) -> list[str]:
    """The addresses that the text names as not reached; failing those, any that is not the server's own."""
    lines = [line for line in own_part(text).split("\n") if not _ABOUT_OTHERS.search(line)]
    lines = lines or [line[:1000] for line in text[:MAX_TEXT].split("\n")[:200]]
    named: list[str] = []
    others: list[str] = []
    for line in [*lines, subject]:
        field = _RECEIVER_FIELD.match(line)
        for hit in _ADDRESS.finditer(line):
            address = hit[0].lower().strip("'").removeprefix("smtp=")
            before = line[max(0, hit.start() - 60) : hit.start()]
            clear = not field and (_HEAD_OF_LINE.match(before) or _CUE.search(before))
            if address not in ours and not address.startswith("postmaster@"):
                (named if clear else others).append(address)
    return list(dict.fromkeys(named or others[:5]))


def _own_addresses(root: Part) -> set[str]:
    """The bounce's own sender and receiver: it does not name these as failed."""
    names = ("from", "to", "sender", "reply-to", "errors-to")
    return {one.email for name in names for value in root.all(name) for one in headers.addresses(value)}


def _in_attached(root: Part) -> list[str]:
    """Some gateways wrap the report of another server as an attached mail."""
    for part in walk(root):
        if part is not root and part.content_type == "message/rfc822":
            inner = mime.parse(part.content)
            if found := [name for block in _blocks(inner) if (name := _recipient(block))]:
                return found
    return []


def _of_the_server(root: Part, text: str) -> list[str]:
    """A server that names its own users without their domain: indented words below "the following recipients …:"."""
    daemons = headers.addresses(root.first("from"))
    lines = own_part(text).split("\n")
    start = next((place for place, line in enumerate(lines) if _FOLLOWING.search(line)), len(lines))
    start = next(
        (place for place in range(start, min(start + 3, len(lines))) if lines[place].rstrip().endswith(":")), -1
    )
    if start < 0 or not daemons:
        return []
    words = (_LOCAL.match(line) for line in lines[start + 1 : start + 20])
    return [f"{word[1].lower()}@{daemons[0].email.rpartition('@')[2]}" for word in words if word]


def _reason(text: str) -> str:
    for line in text[:MAX_TEXT].splitlines():
        if _STATUS.search(line):
            return line.strip()[:500]
    return next((line.strip()[:500] for line in text[:MAX_TEXT].splitlines() if line.strip()), "")


def _named_ids(root: Part) -> list[str]:
    """Message-IDs inside the returned parts, or quoted in a plain-text bounce; then the bounce's own references."""
    found: list[str] = []
    for part in walk(root):
        if not part.parts:
            found += [hit.decode("utf-8", "replace") for hit in _MESSAGE_ID.findall(part.content[:200_000])]
    for name in ("in-reply-to", "references"):
        found += headers.message_ids(root.first(name))
    return list(dict.fromkeys(found))[:50]


def walk(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from walk(child)


def types(root: Part) -> Iterable[str]:
    return {part.content_type for part in walk(root)} if root.parts else {root.content_type}
