"""People and machines told apart: bounce, delay, automatic reply, receipt, abuse report, list, spam verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tenesa.mail import bounces, headers
from tenesa.mail.bounces import DELAYED, delivery_kind, is_delay, walk
from tenesa.mail.mime import Part
from tenesa.mail.values import Kind
from tenesa.mail.wording import any_of

_DAEMON = any_of(
    *("mailer[-_.]?daemon", "mail[-_.]?daemon", "postmaster", "mail[-_.]?delivery", "mdaemon", "bounces?@?"),
    *("mail[-_.]?administrator", "mail[-_.]?admin", "smtp[-_.]", "mta[-_.]?admin"),
)
_NEVER_A_PERSON = any_of(
    *("mailer[-_.]?daemon", "mail[-_.]?daemon", "mdaemon", "mail[-_.]?delivery[-_.]?(?:sub)?system"),
    "microsoftexchange[0-9a-f]{32}@?",
)
_BOUNCE_SUBJECT = any_of(
    *("undeliver", "delivery (?:status )?(?:notification|failure|failed|problem|report)", "failure notice"),
    *(
        "mail delivery (?:failed|system|error|subsystem|warning|problem)",
        "failed mail",
        "mail failed",
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
_AUTO_SUBJECT = any_of(
    *("auto(?:mat(?:ic|ed|is|ische))?[- ]?(?:reply|response|responder|antwort|balas(?:an)?)", "autoresponse"),
    *("réponse automatique", "respuesta automática", "absence du bureau", "abwesen", "away from"),
    *("out of (?:the )?office", r"ooo\b", "on vacation", "vacation (?:reply|response)"),
    *("(?:balas(?:an)?|jawaban|pesan|respons?) otomatis", r"(?:sedang )?(?:di luar|tidak (?:berada )?di) kantor"),
    *(r"sedang (?:cuti|dinas luar)\b", r"cuti\b"),
    before=r"^\W{0,3}(?:(?:re|bls)\s*:\s*)?",
)
_UNDELIVERED = any_of(
    *(r"(?:could|can) ?not (?:be )?deliver(?:ed)?", "permanent (?:fatal )?(?:delivery )?error", "undeliverable"),
    *("user unknown", "unknown user", "no such (?:user|address|mailbox)", "unable to deliver", "failed recipients?"),
    *(r"del[ei]very .{0,60}(?:failed|aborted|has failed)", "not (?:be )?delivered", "did not reach the following"),
    *("tidak dapat (?:dikirim|disampaikan)", "automatically rejected", "mailbox (?:is )?(?:unavailable|full)"),
    *("gagal (?:dikirim|terkirim|disampaikan)", "being returned", "has been returned"),
)
_ANSWER = re.compile(r"\s{0,3}(?:re|fw|fwd|bls|balas|trs|aw|wg)\s?(?:\[\d{1,3}\])?\s?[::]", re.I)
_FORWARDED = re.compile(r"\s{0,3}(?:fw|fwd|trs|wg|terusan)\s?[::]", re.I)
_GREETING = any_of(
    *("dear", "hi", "hello", "halo", "hai", "yth", "kepada", "selamat", "dengan hormat", "assalamu", "salam", "mohon"),
    *("bapak", "ibu", "pak", "bu", "tolong", "min", "admin", "saya", "kami"),
    before=r"\s{0,5}",
    after=r"\b",
)
_RECEIPT_SUBJECT = re.compile(
    r"^(?:read|dibaca|return receipt|tanda terima baca|delivered|terkirim|laporan baca)\s*[::]", re.I
)
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
    types = bounces.types(root)
    yield Kind.ABUSE, "feedback report" if report == "feedback-report" or "message/feedback-report" in types else ""
    if report == "disposition-notification" or "message/disposition-notification" in types:
        if "reject" in _low(root, "auto-submitted") or _UNDELIVERED.search(text[:500]):
            yield Kind.BOUNCE, "rejected by a mail server"
        automatic = "automatic-action" in _mdn_mode(root)
        yield Kind.RECEIPT, "disposition notification" + (" by a machine" if automatic else "")
    if report == "delivery-status" or "message/delivery-status" in types:
        yield delivery_kind(root, subject, text), "delivery status report"
    yield _by_daemon(root, subject, from_address, text)
    yield Kind.RECEIPT, "subject of a receipt" if _RECEIPT_SUBJECT.match(subject) and root.parts and report else ""
    yield Kind.AUTO_REPLY, _auto_sign(root, subject)
    flag = _low(root, "x-spam-flag") or _low(root, "x-spam-status")
    yield Kind.SPAM, "spam verdict of the server" if flag.startswith("yes") else ""
    yield Kind.LIST, _list_sign(root)


def _by_daemon(root: Part, subject: str, from_address: str, text: str) -> tuple[Kind, str]:
    """Old mail servers send plain text. A person whose address is postmaster@ has an ordinary subject."""
    failed = bool(root.first("x-failed-recipients"))
    why = "failed recipients named" if failed else _server_sign(root, subject, from_address.partition("@")[0], text)
    if not why:
        return Kind.PERSON, ""
    return (Kind.DELAY if not failed and is_delay(subject, text) else Kind.BOUNCE), why


def _server_sign(root: Part, subject: str, local: str, text: str) -> str:
    if _NEVER_A_PERSON.match(local):
        return "written by a mail server"
    if any(header == "x-ms-exchange-message-is-ndr" for header, _value in root.headers):
        return "said by Exchange"
    about = bool(_BOUNCE_SUBJECT.search(subject))
    null = _null_path(root)
    daemon = bool(_DAEMON.match(local)) or null
    if not (about or daemon):
        return ""
    says = bool(_UNDELIVERED.search(text[:3000]) or DELAYED.search(text[:3000]))
    if daemon and (about or (says and (null or not local.lower().startswith("postmaster")))):
        return "written by a mail server"
    # Whoever sends it: the subject and the first words of a bounce about a mail, and neither answer nor greeting.
    if about and says and not _GREETING.match(text) and _at_once(text) and bounces.is_about_a_mail(root, text):
        return "" if _is_answer(root, subject) else "words of a mail server"
    return ""


def _is_answer(root: Part, subject: str) -> bool:
    """A person's answer names the mail it answers; a gateway that keeps our subject, "Re:" and all, does not."""
    match = _ANSWER.match(subject)
    return bool(match) and (bool(_chain(root)) or _FORWARDED.match(subject) is not None)


def _chain(root: Part) -> bytes:
    return root.first("in-reply-to") or root.first("references")


def _at_once(text: str) -> bool:
    return bool(_UNDELIVERED.search(text[:700]) or DELAYED.search(text[:700]))


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
    answers = _chain(root) or _ANSWER.match(subject)
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
