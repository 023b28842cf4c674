"""Addresses of X's API, and ids as positions."""

_WIDTH = 20
"""Digits of a position; ids have 19 at most."""


def timeline(api: str, user_id: str) -> str:
    return f"{api}/2/users/{user_id}/tweets"


def posts(api: str) -> str:
    return f"{api}/2/tweets"


def user(api: str, user_id: str) -> str:
    return f"{api}/2/users/{user_id}"


def user_called(api: str, handle: str) -> str:
    return f"{api}/2/users/by/username/{handle}"


def position_of(post_id: str) -> str:
    """An id as a string that sorts as the ids do."""
    return post_id.zfill(_WIDTH)


def id_at(position: str) -> str:
    """The id of a position, as parameters take it."""
    return position.lstrip("0") or "0"
