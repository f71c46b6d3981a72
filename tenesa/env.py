"""Environment reading that fails loudly: a wrong value stops the start, it is never guessed."""

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
