"""Which release of Hustings this is."""

from importlib.metadata import version


def release() -> str:
    """The installed version, such as `0.1.0`."""
    return version("hustings")
