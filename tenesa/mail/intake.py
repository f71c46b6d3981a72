"""From the ledger into a case; the bytes are safe by now (`tenesa.mail.polling`).

`file_mail` does all its work in one transaction, so a worker that dies leaves the mail stored and it is filed again,
once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extras import Json

from tenesa.mail import classify, outbox, oversize, registry, thread, token
from tenesa.mail.models import Blob, InboundAttachment, InboundMail, Mailbox, OutboundMail
from tenesa.mail.nudge import nudge, nudge_filing
from tenesa.mail.parse import derived_id, parse
from tenesa.mail.recipients import own_addresses_read_once
from tenesa.mail.sameness import content_hash
from tenesa.mail.secrets import EncryptedField
from tenesa.mail.values import DERIVED_DOMAIN, NEVER_A_CASE, Kind, ParsedMail, ThreadMatch
from tenesa.workflow.batched_on_commit import batched
from tenesa.workflow.sparing import spare, sparing

logger = logging.getLogger(__name__)
Status = InboundMail.Status
Read = tuple[InboundMail, ParsedMail]

_SECRETS = [field.name for field in Mailbox._meta.concrete_fields if isinstance(field, EncryptedField)]
MAX_ATTEMPTS = 3
LOST_AFTER = timedelta(seconds=30)
PATIENCE = timedelta(minutes=2)  # with a mail that answers one which another worker has


# --- from the ledger into a case --------------------------------------------------------------------------------------
def file_mail(pk: int, *, counted: bool = False) -> str:
    """File one stored mail; returns its status afterwards, or "taken" when it is not there to be filed.

    `counted` says that this attempt is in the row's `attempts` already.
    """
    with batched(), own_addresses_read_once(), transaction.atomic():
        mails = _claim([pk])
        return _settle(mails[0], counted=counted) if mails else "taken"


def file_batch(pks: Sequence[int]) -> int:
    """File several mails in one transaction; returns how many left the STORED state.

    Whatever goes wrong with one of them, or with the whole (a deadlock with another batch over the same cases), undoes
    all of it; then each is filed by itself, so that the one holds up nobody.
    """
    if len(pks) > 1:
        try:
            with batched(), own_addresses_read_once(), transaction.atomic():
                read, waiting = _with_what_they_answer(_read(_claim(pks)))
                _file(read)
                if waiting:
                    transaction.on_commit(partial(nudge, "file_mails", waiting, countdown=1))
                return len(read)
        except Exception as error:
            logger.warning("filing %s mails one by one: %s: %s", len(pks), type(error).__name__, error)
    return sum(file_mail(pk) not in {Status.STORED, "taken"} for pk in pks)


def _claim(pks: Sequence[int]) -> list[InboundMail]:
    stored = InboundMail.objects.filter(pk__in=pks, status=Status.STORED).select_related("blob")
    mails = list(stored.select_for_update(skip_locked=True, of=("self",)).order_by("pk"))
    boxes = Mailbox.objects.defer(*_SECRETS).in_bulk({mail.mailbox_id for mail in mails})
    for mail in mails:
        mail.mailbox = boxes[mail.mailbox_id]
    return mails


def _settle(mail: InboundMail, *, counted: bool = False) -> str:
    try:
        try:
            with transaction.atomic():
                _file(_read([mail]))
        except OperationalError:
            raise
        except Exception as error:
            logger.warning("filing mail %s without what fails beside it: %s: %s", mail.pk, type(error).__name__, error)
            _file_sparing(mail)
    except OperationalError:
        raise  # the connection or the whole transaction is lost: nothing to note here
    except Exception as error:
        return _failed(mail, error, counted=counted)
    return mail.status


def _file_sparing(mail: InboundMail) -> None:
    """The case first: a clock, a call or a suggestion that fails is left out, and whoever works the case is told."""
    with transaction.atomic(), sparing() as left_out:
        _file(_read([mail]))
        _tell_of(left_out, mail)


def _tell_of(left_out: Sequence[str], mail: InboundMail) -> None:
    if left_out and mail.case_id is not None:
        with spare(_("Alarm")):
            words = _("The mail is filed, but this failed and was left out: %(what)s")
            registry.handlers(mail.procedure).attention(mail.case_id, words % {"what": "; ".join(left_out)})


def _failed(mail: InboundMail, error: Exception, *, counted: bool) -> str:
    logger.exception("mail %s not filed", mail.pk)
    attempts = mail.attempts + (not counted)
    status = Status.QUARANTINED if attempts >= MAX_ATTEMPTS else Status.STORED
    reason = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
    return _note(mail, status, reason, attempts=attempts)


def _note(mail: InboundMail, status: str, reason: str, attempts: int | None = None) -> str:
    values = {"status": status, "reason": reason, "attempts": mail.attempts if attempts is None else attempts}
    InboundMail.objects.filter(pk=mail.pk).update(**values, nudged_at=timezone.now())
    if status == Status.QUARANTINED:
        registry.tell_of_mails_without_case()
    return status


def _read(mails: Sequence[InboundMail]) -> list[Read]:
    return [(mail, parse(mail.blob.content)) for mail in mails]


def _file(read: Sequence[Read]) -> None:
    mails = [mail for mail, _parsed in read]
    for mail, parsed in read:
        _take_over(mail, parsed)
    thread.lock(name for mail, parsed in read for name in (mail.content_hash, *thread.names_to_lock(parsed)))
    known, answered = _filed_like(mails), thread.answered([parsed for _mail, parsed in read])
    for mail, parsed in _answered_first(read):
        _place(mail, parsed, known, answered.get((mail.mailbox_id, parsed.message_id)))
        _write(mail)
    if any(mail.status != Status.FILED for mail in mails):
        registry.tell_of_mails_without_case()
    _keep_attachments([pair for pair in read if pair[0].status in {Status.FILED, Status.IGNORED}])


def _with_what_they_answer(read: list[Read]) -> tuple[list[Read], list[int]]:
    """These mails and those that they answer and that wait to be filed as well: a conversation that is read at once is
    one case in whatever order it is taken up. What answers a mail that another worker has in hand comes a moment later:
    numbers of those are the second list. Nobody waits longer than `PATIENCE`: filed after its answer a mail joins it.
    """
    boxes = {mail.mailbox_id for mail, _parsed in read}
    ours, elsewhere, fresh = {mail.message_id for mail, _parsed in read}, set[str](), read
    while wanted := set().union(*(thread.named_mails(parsed) for _mail, parsed in fresh)) - ours - elsewhere:
        stored = InboundMail.objects.filter(message_id__in=wanted, mailbox__in=boxes, status=Status.STORED)
        names = dict(stored.values_list("pk", "message_id"))
        fresh = _read(_claim(list(names))) if names else []
        read = [*fresh, *read]
        ours |= {mail.message_id for mail, _parsed in fresh}
        elsewhere |= set(names.values()) - ours
    late = [pair for pair in read if pair[0].stored_at > timezone.now() - PATIENCE] if elsewhere else []
    waiting: list[int] = []
    while more := [m for m, p in late if m.pk not in waiting and not elsewhere.isdisjoint(thread.named_mails(p))]:
        waiting += [mail.pk for mail in more]
        elsewhere |= {mail.message_id for mail in more}
    return [pair for pair in read if pair[0].pk not in waiting], waiting


def _answered_first(read: Sequence[Read]) -> list[Read]:
    """The same mails, each after those of them that it answers."""
    by_id = {parsed.message_id: (mail, parsed) for mail, parsed in read}
    done: dict[int, Read] = {}

    def put(pair: Read, above: frozenset[int]) -> None:
        mail, parsed = pair
        if mail.pk in done or mail.pk in above:
            return
        for name in thread.named_mails(parsed):
            if name in by_id:
                put(by_id[name], above | {mail.pk})
        done[mail.pk] = pair

    for pair in read:
        put(pair, frozenset())
    return list(done.values())


def _place(mail: InboundMail, parsed: ParsedMail, known: list[InboundMail], answer: ThreadMatch | None) -> None:
    """`known` are filed mails that may be the same; `answer` is the case of one that answers this and came first."""
    if first := _same_mail(mail, known):
        mail.status, mail.repeats = Status.DUPLICATE, first
        mail.reason = _("The same mail as no. %(first)s.") % {"first": first.pk}
        return
    if mail.whole_size:
        mail.status, mail.reason = Status.QUARANTINED, oversize.words(mail)
        transaction.on_commit(partial(nudge, "tell_sender", mail.pk))
        return
    match = thread.find_thread(parsed, mail.mailbox, answer)
    parsed = classify.in_thread(parsed, match)
    mail.kind, mail.looks_like = parsed.kind, parsed.looks_like
    if parsed.kind in NEVER_A_CASE:
        _file_machine(mail, parsed, match)
    elif match is None and any(registry.is_of_no_case(name) for name, _number in _made_for(parsed)):
        mail.status, mail.reason = Status.IGNORED, _("It answers a mail of ours that was about no case.")
    else:
        _file_person(mail, parsed, match)
    if mail.status == Status.FILED:
        known.append(mail)
        if settings.CLAMAV_URL:
            transaction.on_commit(partial(nudge, "scan_mail", mail.pk))


def file_as_told(mail: InboundMail, parsed: ParsedMail, match: ThreadMatch | None, *, by: str) -> None:
    """A person decided where a mail belongs; called with its row locked, in a transaction."""
    mail.was, mail.repeats = mail.status, None
    _take_over(mail, parsed)
    if _same_mail(mail, _filed_like([mail])):  # the person looked, and says it is not the same
        mail.message_id, mail.content_hash = f"{mail.pk}.{derived_id(mail.blob.content)}", ""
    if not mail.attachments.exists():
        _keep_attachments([(mail, parsed)])
    with sparing() as left_out:
        _file_person(mail, parsed, match)
        _tell_of(left_out, mail)
    mail.filed_by = by[:200]
    _write(mail)
    mail.save(update_fields=["decided_by", "decided_at", "was"])


def _file_person(mail: InboundMail, parsed: ParsedMail, match: ThreadMatch | None) -> None:
    procedure = match.procedure if match else mail.mailbox.procedure
    filed = registry.handlers(procedure).receive(mail, parsed, match)
    _belongs_to(mail, procedure, filed.case_id, match.why if match else "new")


def _file_machine(mail: InboundMail, parsed: ParsedMail, match: ThreadMatch | None) -> None:
    """A machine's mail never takes a step of its own: it lies with the case it concerns, or it is ignored."""
    if _of_no_case(parsed) or match is None:
        mail.status, mail.reason = Status.IGNORED, f"{Kind(parsed.kind).label}: {parsed.kind_reason}"
        return
    _belongs_to(mail, match.procedure, match.case_id, match.why)
    mail.reason = parsed.kind_reason
    if parsed.kind is Kind.BOUNCE and (sent := _came_back(parsed, match)):
        outbox.bounced(sent, parsed.returned.reason if parsed.returned else parsed.subject)


def _of_no_case(parsed: ParsedMail) -> bool:
    """Whether a mail came back that was of no case of ours, and whoever sent it has been told."""
    if parsed.returned is None:
        return False
    return any(registry.came_back(*one, parsed.returned) for one in _made_for(parsed))


def _made_for(parsed: ParsedMail) -> Iterator[tuple[str, int]]:
    """What those of the named mails that are ours were made for."""
    return filter(None, map(token.made_for, thread.named_mails(parsed)))


def _came_back(parsed: ParsedMail, match: ThreadMatch) -> OutboundMail | None:
    """The mail that bounced, by its Message-ID; else the case's newest one to the address that was not reached."""
    mine = OutboundMail.objects.filter(procedure=match.procedure, case_id=match.case_id)
    if named := mine.filter(message_id__in=thread.named_mails(parsed)).first():
        return named
    recipients = list(parsed.returned.recipients) if parsed.returned else []
    return mine.filter(to__overlap=recipients).order_by("-created_at").first() if recipients else None


def _belongs_to(mail: InboundMail, procedure: str, case_id: int, why: str) -> None:
    mail.status, mail.reason = Status.FILED, ""
    mail.procedure, mail.case_id, mail.filed_by = procedure, case_id, why


def _filed_like(mails: Sequence[InboundMail]) -> list[InboundMail]:
    """The filed mails with the content, in whatever mailbox, or with the Message-ID of one of these."""
    alike = Q(content_hash__in={mail.content_hash for mail in mails})
    named = Q(message_id__in={mail.message_id for mail in mails}, mailbox__in={mail.mailbox_id for mail in mails})
    filed = InboundMail.objects.filter(alike | named, status=Status.FILED)
    return list(filed.only("mailbox_id", "message_id", "content_hash", "blob_id", "whole_size"))


def _same_mail(mail: InboundMail, known: Sequence[InboundMail]) -> InboundMail | None:
    """The filed mail with the same content. Other content under a Message-ID that this mailbox knows is another mail
    and gets an id of its own: devices and form scripts give every mail the same one."""
    with_that_id = [one for one in known if (one.mailbox_id, one.message_id) == (mail.mailbox_id, mail.message_id)]
    for one in known:
        if one.content_hash == mail.content_hash:
            return one
    for one in with_that_id:
        if one.blob_id == mail.blob_id or _hash_again(one) == mail.content_hash:
            return one
    if with_that_id:
        mail.message_id = f"{mail.content_hash}@{DERIVED_DOMAIN}"
    return None


def _hash_again(mail: InboundMail) -> str:
    """Of a mail filed before contents were compared, or by an older reading of ours."""
    return content_hash(parse(mail.blob.content), mail.blob_id, mail.whole_size)


# What every mail takes is written out: building it through the ORM costs more than running it.
_PARSED = [
    *("status", "reason", "content_hash", "repeats_id", "kind", "looks_like", "message_id"),
    *("in_reply_to", "references", "from_address", "from_name", "reply_to", "to", "cc", "subject", "text", "html"),
    *("sent_at", "extracted", "authentication", "procedure", "case_id", "filed_by"),
]
_JSON = {"extracted", "authentication"}
_COLUMNS = {field.attname: field.column for field in InboundMail._meta.concrete_fields}
_SET = ", ".join(f'"{_COLUMNS[name]}" = %s' for name in _PARSED)
_UPDATE = f"UPDATE mail_inboundmail SET {_SET} WHERE id = %s"  # noqa: S608 - our own column names


def _write(mail: InboundMail) -> None:
    """Save what was read from the mail and where it belongs."""
    values: list[Any] = [Json(getattr(mail, name)) if name in _JSON else getattr(mail, name) for name in _PARSED]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [*values, mail.pk])


def _take_over(mail: InboundMail, parsed: ParsedMail) -> None:
    mail.kind, mail.looks_like = parsed.kind, parsed.looks_like
    mail.message_id, mail.content_hash = parsed.message_id, content_hash(parsed, mail.blob_id, mail.whole_size)
    mail.in_reply_to = parsed.in_reply_to
    mail.references = list(parsed.references)
    mail.from_address, mail.from_name = parsed.sender.email, parsed.sender.name
    mail.reply_to = parsed.reply_to.email if parsed.reply_to else ""
    mail.to = [one.email for one in parsed.to]
    mail.cc = [one.email for one in parsed.cc]
    mail.subject, mail.text, mail.html = parsed.subject, parsed.text, parsed.html
    mail.sent_at = parsed.sent_at
    mail.extracted = parsed.extracted.as_json()
    mail.authentication = parsed.authentication


def _keep_attachments(read: Sequence[tuple[InboundMail, ParsedMail]]) -> None:
    kept = [(mail, attachment) for mail, parsed in read for attachment in parsed.attachments]
    if not kept:
        return
    blobs = Blob.keep([attachment.content for _mail, attachment in kept])
    InboundAttachment.objects.bulk_create(
        InboundAttachment(
            mail=mail,
            blob=blob,
            name=attachment.name,
            content_type=attachment.content_type,
            size=attachment.size,
            content_id=attachment.content_id,
            inline=attachment.inline,
        )
        for (mail, attachment), blob in zip(kept, blobs, strict=True)
    )


def sweep(limit: int = 500) -> int:
    """Nudge stored mails whose wake-up was lost, whose filing failed, or whose worker died."""
    now = timezone.now()
    with transaction.atomic():
        lost = InboundMail.objects.filter(status=Status.STORED, nudged_at__lt=now - LOST_AFTER).order_by("nudged_at")
        pks = list(lost.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        InboundMail.objects.filter(pk__in=pks).update(nudged_at=now)
        nudge_filing("file_mails_again", pks)
    return len(pks)


def file_again(pks: Sequence[int]) -> int:
    """File what the sweep found, counting each attempt before it begins: a mail that ends its worker is counted too."""
    return sum(_begin(pk) and file_mail(pk, counted=True) != Status.STORED for pk in pks)


def _begin(pk: int) -> bool:
    with transaction.atomic():
        mails = _claim([pk])
        if mails and mails[0].attempts >= MAX_ATTEMPTS:
            _note(mails[0], Status.QUARANTINED, _("Every worker that took this mail ended without an answer."))
            return False
        return bool(mails) and bool(InboundMail.objects.filter(pk=pk).update(attempts=F("attempts") + 1))
