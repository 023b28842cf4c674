"""Secrets and settings: from the environment, else from the system's keyring; never stored."""

import importlib.util
from collections.abc import Callable, Mapping

PREFIX = "HUSTINGS_"

SECRET_ENDINGS = ("_TOKEN", "_KEY", "_SECRET", "_PASSWORD")
"""Names of settings that end so hold secrets: a collector gets them only as credentials."""

NO_SECRETS = frozenset({"HUSTINGS_MASTODON_TOKEN_HOST"})
"""Says for which server a token is meant."""

KEYRING_SERVICE = "hustings"
"""Service name under which secrets lie in a keyring: `keyring set hustings HUSTINGS_X_TOKEN`."""


def is_secret(name: str) -> bool:
    """Whether a setting of that name may hold a secret; one for a single host names it at the end.

    The archive's address may hold a password.
    """
    if name in NO_SECRETS:
        return False
    return name == "HUSTINGS_DB" or any(
        name.endswith(ending) or f"{ending}_" in name for ending in SECRET_ENDINGS
    )


def settings_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Our settings without the secrets."""
    return {
        name: value for name, value in environment.items() if name.startswith(PREFIX) and not is_secret(name)
    }


def secrets_in(environment: Mapping[str, str]) -> Callable[[str], str | None]:
    """How to look up a secret by its name; None where the user gave none."""

    def secret(name: str) -> str | None:
        return environment.get(name) or _from_keyring(name)

    return secret


def _from_keyring(name: str) -> str | None:
    """What the system's keyring holds, where the extra `keyring` is installed and the system has one."""
    if importlib.util.find_spec("keyring") is None:
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, name)
    except KeyringError:
        return None
