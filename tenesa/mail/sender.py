"""Who a mail is from, shown so that a borrowed name is seen to be borrowed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenesa.mail.address import normal
from tenesa.mail.authentication import aligned_pass
from tenesa.mail.files import honest_name
from tenesa.mail.links import plain_host
from tenesa.mail.models import InboundMail

_ADDRESS = re.compile(r"[\w.+-]{1,64}\s?@\s?[\w.-]{1,190}")


@dataclass(frozen=True, slots=True)
class Proof:
    """What the receiving server found out; `signal` is "" for what is quiet, breach for what must be seen."""

    text: str
    signal: str
    icon: str


@dataclass(frozen=True, slots=True)
class Sender:
    """`name` is what the mail calls its sender, "" where that name is another address; then `claims` has it."""

    name: str
    address: str
    claims: str = ""
    answers_to: str = ""
    proof: Proof | None = None


def sender_of(mail: InboundMail) -> Sender:
    name = honest_name(mail.from_name) if mail.from_name else ""
    address = _plain(mail.from_address)
    named = _ADDRESS.search(name)
    lies = named is not None and normal(named[0].replace(" ", "")) != normal(mail.from_address)
    other = mail.reply_to and mail.reply_to != mail.from_address
    return Sender(
        name="" if lies else name,
        address=address,
        claims=name if lies else "",
        answers_to=_plain(mail.reply_to) if other else "",
        proof=proof_of(mail.authentication, mail.from_address),
    )


def proof_of(found: dict[str, str], address: str) -> Proof | None:
    """One sentence from SPF, DKIM and DMARC; None when our server says nothing either way."""
    domain = address.rpartition("@")[2].lower()
    dmarc, dkim, spf = (found.get(method, "") for method in ("dmarc", "dkim", "spf"))
    results = ", ".join(
        f"{name} {result}" for name, result in (("DMARC", dmarc), ("DKIM", dkim), ("SPF", spf)) if result
    )
    if aligned_pass(found, address):
        return Proof(_("Sender proven (%(results)s)") % {"results": results}, "", "shield-check")
    if dmarc == "fail":
        words = _("Probably forged: %(domain)s did not send this (%(results)s)")
        return Proof(words % {"domain": _plain(domain), "results": results}, "breach", "shield-alert")
    if "fail" in (dkim, spf) or spf == "softfail":
        return Proof(_("Sender not proven (%(results)s)") % {"results": results}, "risk", "shield-alert")
    return None


def _plain(address: str) -> str:
    local, at, domain = honest_name(address).rpartition("@") if address else ("", "", "")
    return f"{local}{at}{plain_host(domain)}"
