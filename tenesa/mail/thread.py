"""Which case a mail belongs to. Never by the words of a subject alone."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from tenesa.mail import registry, token
from tenesa.mail.found import case_numbers
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.values import ParsedMail, ThreadMatch


def find_thread(parsed: ParsedMail, mailbox: Mailbox) -> ThreadMatch | None:
    """The strongest sign first: our keyed Message-ID, a known mail in the chain, a number in the subject."""
    named = named_mails(parsed)
    return by_token(named) or by_chain(named, mailbox) or by_number(parsed, mailbox)


def named_mails(parsed: ParsedMail) -> list[str]:
    """The Message-IDs a mail answers, nearest first; a bounce names the mail that came back inside itself."""
    returned = parsed.returned.message_ids if parsed.returned else ()
    chain = [*returned, parsed.in_reply_to, *reversed(parsed.references)]
    return [one for one in dict.fromkeys(chain) if one]


def by_token(named: Sequence[str]) -> ThreadMatch | None:
    for message_id in named:
        if found := token.case_of(message_id):
            return ThreadMatch(*found, why="reply token")
    return None


def by_chain(named: Sequence[str], mailbox: Mailbox) -> ThreadMatch | None:
    """References or In-Reply-To name a mail of this mailbox that already belongs to a case."""
    if not named:
        return None
    sent = OutboundMail.objects.filter(message_id__in=named)
    received = InboundMail.objects.filter(
        mailbox=mailbox, message_id__in=named, status=InboundMail.Status.FILED, case_id__isnull=False
    )
    columns = ("message_id", "procedure", "case_id")
    rows = received.values_list(*columns).union(sent.values_list(*columns), all=True)
    known = {message_id: (procedure, case_id) for message_id, procedure, case_id in rows}
    for message_id in named:
        if message_id in known:
            procedure, case_id = known[message_id]
            return ThreadMatch(procedure, case_id, why="References")
    return None


def by_number(parsed: ParsedMail, mailbox: Mailbox) -> ThreadMatch | None:
    """A case or incident number in the subject counts only from somebody who already belongs to that case."""
    numbers = case_numbers(parsed.subject)
    if not numbers or not registry.known(mailbox.procedure):
        return None
    for case_id in registry.handlers(mailbox.procedure).by_number(numbers):
        if _belongs(parsed, mailbox.procedure, case_id):
            return ThreadMatch(mailbox.procedure, case_id, why="number in the subject")
    return None


def _belongs(parsed: ParsedMail, procedure: str, case_id: int) -> bool:
    who = parsed.sender.email
    received = InboundMail.objects.filter(procedure=procedure, case_id=case_id)
    sent = OutboundMail.objects.filter(procedure=procedure, case_id=case_id)
    return bool(who) and (
        received.filter(from_address=who).exists()
        or sent.filter(Q(to__contains=[who]) | Q(cc__contains=[who]), forwards=None).exists()
    )
