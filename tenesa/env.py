"""Environment reading that fails loudly: a wrong value stops the start, it is never guessed."""

from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BUILT_IN_KEY = "local-demo-key-that-no-server-may-use-" + "0" * 24  # everybody knows it


def require_secret_key() -> None:
    """What answers or works for people does not start with a key that everybody knows, or with none."""
    if not env.bool("DEBUG", default=False) and env.str("SECRET_KEY", default="") in {"", BUILT_IN_KEY}:
        msg = "SECRET_KEY is not set: choose a long random one. Only with DEBUG=1 there is one built in."
        raise ImproperlyConfigured(msg)


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks or single addresses, separated by commas; none where the variable is empty."""
    try:
        return [ip_network(part.strip()) for part in env.list(name, default=[])]
    except ValueError as error:
        msg = f"{name} holds networks like 172.30.84.0/24 or single addresses, separated by commas: {error}"
        raise ImproperlyConfigured(msg) from None


def one_of(name: str, *choices: str) -> str:
    """One of these words, whatever its case; the first where nothing is said."""
    given = env.str(name, default="") or choices[0]
    for choice in choices:
        if given.lower() == choice.lower():
            return choice
    msg = f"{name} is {' or '.join(choices)}, not {given!r}."
    raise ImproperlyConfigured(msg)


def system_settings(base_url: str, names: tuple[str, ...]) -> dict[str, dict[str, object]]:
    """URL, token and time-out (seconds) of each outside system; NAME_URL, NAME_TOKEN and NAME_TIMEOUT override."""
    token = env.str("SYSTEMS_TOKEN", default="simulator")
    return {
        name: {
            "url": env.str(f"{name.upper()}_URL", default=f"{base_url.rstrip('/')}/{name}"),
            "token": env.str(f"{name.upper()}_TOKEN", default=token),
            "timeout": env.float(f"{name.upper()}_TIMEOUT", default=10.0),
        }
        for name in names
    }


def hours(name: str, default: str) -> tuple[int, int] | None:
    """Hours of a day as minutes ("07-21", "07:30-21"); None where the variable is "-": not at all."""
    given = env.str(name, default=default).strip()
    if given == "-":
        return None
    try:
        opens, closes = (_minute(part) for part in given.split("-"))
    except ValueError:
        opens = closes = 0
    if not 0 <= opens < closes <= 24 * 60:
        msg = f"{name} is hours of a day like 07-21 or 07:30-21:00, or - for none, not {given!r}."
        raise ImproperlyConfigured(msg)
    return opens, closes


def _spares(prefix: str, spares: dict[str, int], per_day: int) -> dict[str, int]:
    told = {"hard": spares["hard"]}
    told |= {
        name: env.int(f"{prefix}_{name.upper()}", default=value) for name, value in spares.items() if name != "hard"
    }
    if not 0 < per_day <= told["hard"]:
        msg = f"{prefix}_PER_DAY is from 1 to {told['hard']}: that limit is hard."
        raise ImproperlyConfigured(msg)
    if min(told.values()) < 0 or told["parts"] > 3:
        msg = f"{prefix}_…: numbers are 0 or more, parts at most 3."
        raise ImproperlyConfigured(msg)
    return told


def day_parts(name: str, default: list[int]) -> tuple[int, int]:
    """The hours in which afternoon and evening begin ("12,16")."""
    given = env.list(name, cast=int, default=default)
    if len(given) != 2 or not 0 < given[0] < given[1] < 24:
        msg = f"{name} is the hours in which afternoon and evening begin, like 12,16, not {given!r}."
        raise ImproperlyConfigured(msg)
    return given[0], given[1]


def time_of_day(name: str, default: str) -> time:
    """A time of the day ("20:00")."""
    given = env.str(name, default=default)
    try:
        return time.fromisoformat(given)
    except ValueError:
        msg = f"{name} is a time of the day, like 20:00, not {given!r}."
        raise ImproperlyConfigured(msg) from None


def _minute(text: str) -> int:
    hour, _colon, minute = text.strip().partition(":")
    return int(hour) * 60 + int(minute or 0)


def contact_policy(
    purpose: str, *, hours_default: str, rest_default: str, spares: dict[str, int] | None = None, **numbers: int
) -> dict[str, object]:
    """When and how often customers are called for one purpose; CONTACT_<PURPOSE>_<NAME> overrides each.

    Minutes, and counts; `per_day` and `per_week` are limits for one number and for one person, 0 for none. `spares` is
    for people whom nobody asked to be called: `hard` (the limit of a day that no setting goes beyond), `busy` and
    `busy_times`, `silence_days`, `parts`, and by the name of a result (`NO_ANSWER`) the minutes until the next try.
    """
    prefix = f"CONTACT_{purpose.upper()}"
    every = hours(f"{prefix}_HOURS", hours_default)
    if every is None:
        msg = f"{prefix}_HOURS cannot be none."
        raise ImproperlyConfigured(msg)
    counted = {name: env.int(f"{prefix}_{name.upper()}", default=default) for name, default in numbers.items()}
    if min(counted.values()) < 0 or not counted["attempts"]:
        msg = f"{prefix}_…: numbers are 0 or more, attempts at least 1."
        raise ImproperlyConfigured(msg)
    told = {"hours": every, "rest": hours(f"{prefix}_REST_HOURS", rest_default), **counted}
    return told if spares is None else {**told, "spares": _spares(prefix, spares, counted["per_day"])}
