"""People and machines told apart: bounce, delay, automatic reply, receipt, abuse report, list, spam verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tenesa.mail import headers, mime
from tenesa.mail.mime import Part
from tenesa.mail.values import Kind, Returned
from tenesa.mail.wording import any_of

_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|mailerdaemon|postmaster|mail-delivery|mdaemon|bounce)", re.I
)
_DAEMON = any_of("mailer[-_.]?daemon", "mail[-_.]?daemon", "postmaster", "mail-delivery", "mdaemon", "bounce")
_BOUNCE_SUBJECT = any_of(
    *("undeliver", "delivery (?:status )?(?:notification|failure|failed|problem|report)", "failure notice"),
    *(
        "mail delivery (?:failed|system|error|subsystem)",
        "returned (?:mail|to sender)",
        "non[- ]?remis",
        "unzustellbar",
    ),
    *("could not be delivered", "non[- ]delivery", "nondeliverable", "failed delivery", "mail (?:system )?error"),
    r"message (?:could )?not (?:be )?(?:delivered|sent)",
    *(
        r"(?:gagal|tidak (?:dapat|bisa|berhasil)) (?:di)?(?:kirim|terkirim|disampaikan)",
        "pengiriman (?:gagal|tertunda)",
    ),
    *("tidak terkirim", "surat (?:di)?kembali"),
)
_DELAY_SUBJECT = any_of(
    "delay", "warning: (?:message|could not)", "still (?:being )?retr", "tertunda", "belum terkirim"
)
_AUTO_SUBJECT = any_of(
    *("auto(?:mat(?:ic|ed|is|ische))?[- ]?(?:reply|response|responder|antwort|balas(?:an)?)", "autoresponse"),
    *("réponse automatique", "respuesta automática", "absence du bureau", "abwesen", "away from"),
    *("out of (?:the )?office", r"ooo\b", "on vacation", "vacation (?:reply|response)"),
    *("(?:balas(?:an)?|jawaban|pesan|respons?) otomatis", r"(?:sedang )?(?:di luar|tidak (?:berada )?di) kantor"),
    *(r"sedang (?:cuti|dinas luar)\b", r"cuti\b"),
    before=r"^\W{0,3}(?:(?:re|bls)\s*:\s*)?",
)
_UNDELIVERED = any_of(
    *("could not be delivered", "permanent (?:fatal )?error", "undeliverable", "user unknown", "tidak dapat dikirim"),
    "delivery .{0,30}failed",
)
_RECEIPT_SUBJECT = re.compile(
    r"^(?:read|dibaca|return receipt|tanda terima baca|delivered|terkirim|laporan baca)\s*[::]", re.I
)
_ADDRESS = re.compile(r"[\w.+=/&'*%$!#?^`{|}~-]{1,100}@[\w.-]{1,200}\.[A-Za-z0-9-]{2,40}")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b|\b(5[0-5]\d)[ -]")
_MESSAGE_ID = re.compile(rb"(?im)^[> \t]{0,4}message-id:[ \t\r\n]{0,6}<([^<>\s]{3,250})>")
_BULK = {"bulk", "junk", "list"}
_AUTO_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-response",
    "auto-reply",
    "x-autoreply-from",
    "x-mail-autoreply",
)


def classify(root: Part, subject: str, from_address: str, text: str) -> tuple[Kind, str]:
    """Who speaks, and the sign that says so. The most telling sign first."""
    for kind, why in _signs(root, subject, from_address, text):
        if why:
            return kind, why
    return Kind.PERSON, ""


def _signs(root: Part, subject: str, from_address: str, text: str) -> Iterator[tuple[Kind, str]]:
    report = root.type_params.get("report-type", "").lower() if root.content_type == "multipart/report" else ""
    types = {part.content_type for part in walk(root)} if root.parts else {root.content_type}
    yield Kind.ABUSE, "feedback report" if report == "feedback-report" or "message/feedback-report" in types else ""
    if report == "disposition-notification" or "message/disposition-notification" in types:
        automatic = "automatic-action" in _mdn_mode(root)
        yield Kind.RECEIPT, "disposition notification" + (" by a machine" if automatic else "")
    if report == "delivery-status" or "message/delivery-status" in types:
        yield _delivery_kind(root, subject), "delivery status report"
    yield _by_daemon(root, subject, from_address, text)
    yield Kind.RECEIPT, "subject of a receipt" if _RECEIPT_SUBJECT.match(subject) and root.parts and report else ""
    yield Kind.AUTO_REPLY, _auto_sign(root, subject)
    flag = _low(root, "x-spam-flag") or _low(root, "x-spam-status")
    yield Kind.SPAM, "spam verdict of the server" if flag.startswith("yes") else ""
    yield Kind.LIST, _list_sign(root)


def _by_daemon(root: Part, subject: str, from_address: str, text: str) -> tuple[Kind, str]:
    """Old mail servers send plain text. A person whose address is postmaster@ has an ordinary subject."""
    failed = bool(root.first("x-failed-recipients"))
    local = from_address.partition("@")[0]
    daemon = bool(_DAEMON.match(local)) or _null_path(root)
    if not (failed or (daemon and _BOUNCE_SUBJECT.search(subject)) or _says_undelivered(daemon, local, text)):
        return Kind.PERSON, ""
    kind = Kind.DELAY if _DELAY_SUBJECT.search(subject) and not failed else Kind.BOUNCE
    return kind, "failed recipients named" if failed else "written by a mail server"


def _says_undelivered(daemon: bool, local: str, text: str) -> bool:
    sent_by = daemon and not local.lower().startswith("postmaster")
    return sent_by and bool(_UNDELIVERED.search(text[:5000]))


def _null_path(root: Part) -> bool:
    return root.first("return-path").strip() == b"<>"


def _auto_sign(root: Part, subject: str) -> str:
    submitted = _low(root, "auto-submitted")
    if submitted and not submitted.startswith("no"):
        return f"Auto-Submitted: {submitted[:40]}"
    for name in _AUTO_HEADERS:
        if (value := _low(root, name)) and value not in {"no", "0"}:
            return f"header {name}"
    if any(_low(root, name).startswith(("auto_reply", "auto-reply")) for name in ("precedence", "x-precedence")):
        return "Precedence: auto_reply"
    if _AUTO_SUBJECT.match(subject):
        return "subject of an automatic reply"
    answers = root.first("in-reply-to") or root.first("references")
    return "null return path on an answer" if answers and _null_path(root) else ""


def _list_sign(root: Part) -> str:
    for name in (
        "list-id",
        "list-unsubscribe",
        "list-post",
        "mailing-list",
        "x-mailing-list",
        "x-campaignid",
        "feedback-id",
    ):
        if root.first(name):
            return f"header {name}"
    precedence = _low(root, "precedence")
    return f"Precedence: {precedence}" if precedence in _BULK else ""


def _low(root: Part, name: str) -> str:
    return headers.clean(headers.text_of(root.first(name)[:500])).lower()


def _mdn_mode(root: Part) -> str:
    for part in walk(root):
        if part.content_type == "message/disposition-notification":
            return part.content[:5000].decode("ascii", "replace").lower()
    return ""


def walk(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from walk(child)


def _fields(root: Part) -> list[tuple[str, str]]:
    """Every field of the delivery-status parts, in order; the blocks for each recipient included."""
    found: list[tuple[str, str]] = []
    for part in walk(root):
        if part.content_type == "message/delivery-status":
            for block in re.split(rb"\r?\n\r?\n", part.content[:100_000])[:200]:
                pairs = mime.parse(block + b"\n\n").headers
                found += [(name, headers.clean(headers.text_of(value))) for name, value in pairs]
    return found


def _delivery_kind(root: Part, subject: str) -> Kind:
    actions = [value.lower().split()[0] for name, value in _fields(root) if name == "action" and value]
    if "failed" in actions:
        return Kind.BOUNCE
    if "delayed" in actions:
        return Kind.DELAY
    if actions:
        return Kind.RECEIPT  # delivered, relayed, expanded
    return Kind.DELAY if _DELAY_SUBJECT.search(subject) else Kind.BOUNCE


def returned(root: Part, text: str) -> Returned:
    """Whom a bounce names, why, and the Message-IDs of the mails it came back for."""
    recipients: list[str] = []
    reason = ""
    fields = _fields(root)
    wanted = {"failed", "delayed"}
    final: list[str] = []
    for name, value in [*fields, ("action", "")]:
        if name in {"final-recipient", "original-recipient"} and (hit := _ADDRESS.search(value)):
            final.append(hit[0].lower())
        elif name == "action" and value.lower().split()[:1] and value.lower().split()[0] in wanted:
            recipients += final[-1:]
        elif name == "diagnostic-code" and not reason:
            reason = value[:500]
    recipients = recipients or final
    recipients += [one.email for value in root.all("x-failed-recipients") for one in headers.addresses(value)]
    recipients = recipients or [hit.lower() for hit in _ADDRESS.findall(text[:20_000])][:5]
    return Returned(tuple(dict.fromkeys(recipients)), reason or _reason(text), tuple(_named_ids(root)))


def _reason(text: str) -> str:
    for line in text[:20_000].splitlines():
        if _STATUS.search(line):
            return line.strip()[:500]
    return next((line.strip()[:500] for line in text.splitlines() if line.strip()), "")


def _named_ids(root: Part) -> list[str]:
    """Message-IDs inside the returned parts, or quoted in a plain-text bounce; then the bounce's own references."""
    found: list[str] = []
    for part in walk(root):
        if not part.parts:
            found += [hit.decode("utf-8", "replace") for hit in _MESSAGE_ID.findall(part.content[:200_000])]
    for name in ("in-reply-to", "references"):
        found += headers.message_ids(root.first(name))
    return list(dict.fromkeys(found))[:50]
