"""Environment reading that fails loudly: a wrong value stops the start, it is never guessed."""

import environ

env = environ.Env()
BUILT_IN_KEY = "local-demo-key-that-no-server-may-use-" + "0" * 24  # everybody knows it


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
