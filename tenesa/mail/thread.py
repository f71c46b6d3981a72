"""Which case a mail belongs to. Never by the words of a subject alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from tenesa.mail import registry, token
from tenesa.mail.address import normal
from tenesa.mail.extract import case_numbers
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.values import DERIVED_DOMAIN, NEVER_A_CASE, OURS, Kind, ParsedMail, Party, ThreadMatch

Status = InboundMail.Status
_BOUNCES_WITHIN = timedelta(days=5)  # mail servers give up after this long (RFC 5321 4.5.4.1)


def find_thread(parsed: ParsedMail, mailbox: Mailbox, answer: ThreadMatch | None = None) -> ThreadMatch | None:
    """The strongest sign first: our keyed Message-ID, a known mail in the chain, a number in the subject.

    A stranger who names a number joins nothing; `numbers_named` lets the procedure put the question to a person.
    """
    named = named_mails(parsed)
    if parsed.kind is Kind.BOUNCE:
        return by_token(named) or by_chain(named, mailbox) or by_address(parsed, mailbox)
    match = by_token(named) or by_chain(named, mailbox) or by_number(parsed, mailbox) or answer
    if match is None:
        return None
    apart = answer and (answer.procedure, answer.case_id) != (match.procedure, match.case_id)
    also = answer.case_id if answer and apart and answer.procedure == match.procedure else None
    return replace(match, party=party_of(parsed, match), also=also)


def numbers_named(parsed: ParsedMail, mailbox: Mailbox) -> list[int]:
    """Cases whose number, or whose incident's number, stands in the subject, newest first, whoever wrote it."""
    numbers = case_numbers(parsed.subject)
    if not numbers or not registry.known(mailbox.procedure):
        return []
    return list(registry.handlers(mailbox.procedure).by_number(numbers))


def named_mails(parsed: ParsedMail) -> list[str]:
    """The Message-IDs a mail answers, nearest first; a bounce names the mail that came back inside itself."""
    returned = parsed.returned.message_ids if parsed.returned else ()
    chain = [*returned, parsed.in_reply_to, *reversed(parsed.references)]
    return [one for one in dict.fromkeys(chain) if one]


def by_token(named: Sequence[str]) -> ThreadMatch | None:
    for message_id in named:
        if found := token.case_of(message_id):
            return ThreadMatch(*found, why=OURS)
    return None


def by_chain(named: Sequence[str], mailbox: Mailbox) -> ThreadMatch | None:
    """References or In-Reply-To name a mail of this mailbox that already belongs to a case."""
    if not named:
        return None
    sent = OutboundMail.objects.filter(message_id__in=named)
    received = InboundMail.objects.filter(
        mailbox=mailbox, message_id__in=named, status__in=[Status.FILED, Status.DUPLICATE]
    )  # a copy stands for the mail that it repeats, which another mailbox may have got
    filed = received.annotate(
        place=Coalesce("repeats__procedure", "procedure"), belongs_to=Coalesce("repeats__case_id", "case_id")
    ).exclude(belongs_to=None)
    rows = filed.values_list("message_id", "place", "belongs_to").union(
        sent.values_list("message_id", "procedure", "case_id"), all=True
    )
    known = {message_id: (procedure, case_id) for message_id, procedure, case_id in rows}
    for message_id in named:
        if message_id in known:
            procedure, case_id = known[message_id]
            return ThreadMatch(procedure, case_id, why="References")
    return None


def answered(mails: Iterable[ParsedMail]) -> dict[tuple[int, str], ThreadMatch]:
    """The cases of mails that answer one of these and were filed before it, by mailbox and Message-ID of these: they
    lie together, whichever came first."""
    ids = [mail.message_id for mail in mails if not mail.message_id.endswith(DERIVED_DOMAIN)]
    answers = InboundMail.objects.filter(Q(in_reply_to__in=ids) | Q(references__0__in=ids), status=Status.FILED)
    answers = answers.exclude(kind__in=NEVER_A_CASE).exclude(case_id=None).order_by("-pk")
    found = {}
    for one in answers.only("mailbox_id", "in_reply_to", "references", "procedure", "case_id") if ids else ():
        match = ThreadMatch(one.procedure, one.case_id or 0, why="answered by a mail of the case")
        found.update(dict.fromkeys(((one.mailbox_id, name) for name in (one.in_reply_to, *one.references[:1])), match))
    return found


def lock(names: Iterable[str]) -> None:
    """Until the transaction ends nobody else locks one of these names (Message-IDs and contents of mails).

    All are taken in one order, so that two batches never wait for each other in a circle.
    """
    keys = sorted({_key(name) for name in names})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) key", [keys])


def names_to_lock(mail: ParsedMail) -> list[str]:
    """Its id and those that a mail of the same conversation names as well: the nearest and the root."""
    named = named_mails(mail)
    return [mail.message_id, *named[:10], *named[-1:]]


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def by_number(parsed: ParsedMail, mailbox: Mailbox) -> ThreadMatch | None:
    """A case or incident number in the subject counts only from somebody who already belongs to that case."""
    for case_id in numbers_named(parsed, mailbox):
        if _belongs(parsed, mailbox.procedure, case_id):
            return ThreadMatch(mailbox.procedure, case_id, why="number in the subject")
    return None


def _belongs(parsed: ParsedMail, procedure: str, case_id: int) -> bool:
    who = parsed.sender.email
    received = InboundMail.objects.filter(procedure=procedure, case_id=case_id)
    sent = OutboundMail.objects.filter(procedure=procedure, case_id=case_id)
    return bool(who) and (received.filter(from_address=who).exists() or sent.filter(_addressed_to(who)).exists())


def _addressed_to(who: str) -> Q:
    return Q(to__contains=[normal(who)]) | Q(cc__contains=[normal(who)])


def by_address(parsed: ParsedMail, mailbox: Mailbox) -> ThreadMatch | None:
    """A bounce that names no mail: the newest one that this mailbox sent to the address that was not reached."""
    recipients = list(parsed.returned.recipients) if parsed.returned else []
    if not recipients:
        return None
    recent = OutboundMail.objects.filter(mailbox=mailbox, created_at__gte=timezone.now() - _BOUNCES_WITHIN)
    sent = recent.filter(to__overlap=recipients, sent_at__isnull=False).order_by("-created_at").first()
    return ThreadMatch(sent.procedure, sent.case_id, why="address that was not reached") if sent else None


def party_of(parsed: ParsedMail, match: ThreadMatch) -> Party:
    """THIRD for the unit a case was forwarded to, and for whoever answers that forward in the unit's stead."""
    who, named = parsed.sender.email, named_mails(parsed)
    sent = OutboundMail.objects.filter(procedure=match.procedure, case_id=match.case_id)
    forwards = sent.exclude(forwards=None)
    received = InboundMail.objects.filter(procedure=match.procedure, case_id=match.case_id)
    received = received.exclude(kind__in=NEVER_A_CASE)  # a unit's automatic reply makes it nobody's customer
    if not forwards.exists() or received.filter(from_address=who, party=Party.CUSTOMER).exists():
        return Party.CUSTOMER
    if sent.filter(_addressed_to(who), forwards=None).exists():
        return Party.CUSTOMER
    if forwards.filter(_addressed_to(who) | Q(message_id__in=named)).exists():
        return Party.THIRD
    return Party.THIRD if received.filter(message_id__in=named, party=Party.THIRD).exists() else Party.CUSTOMER
