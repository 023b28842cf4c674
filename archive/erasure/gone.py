"""How a post or account that is forgotten is told from others by what a page says. Pure."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from archive.contract import Post
from archive.handles import handle_key


@dataclass(frozen=True, slots=True)
class Gone:
    """What is forgotten, asked by platform and id or handle."""

    is_post: Callable[[str, str], bool]
    """(platform, the platform's id of a post): whether it is forgotten."""
    is_account: Callable[[str, str], bool]
    """(platform, the platform's id of an account)."""
    is_handle: Callable[[str, str], bool]
    """(platform, handle): of what comes later nobody knows, since no handle is kept."""

    def holds(self, post: Post) -> bool:
        """Whether a post is forgotten, is its author's who is, or repeats one that is."""
        ids = (post.post_id, *post.also_ids, *([post.repost_of] if post.repost_of else []))
        return (
            any(self.is_post(post.platform, one) for one in ids)
            or bool(post.author_platform_id and self.is_account(post.platform, post.author_platform_id))
            or bool(post.author_handle and self.is_handle(post.platform, post.author_handle))
        )


@dataclass(frozen=True, slots=True)
class OnPage:
    """What is forgotten of the platforms whose posts a page may hold."""

    gone: Gone
    platforms: frozenset[str]

    def post(self, post_id: str) -> bool:
        """Whether a post is forgotten."""
        return any(self.gone.is_post(one, post_id) for one in self.platforms)

    def account(self, platform_id: str) -> bool:
        """Whether an account is."""
        return any(self.gone.is_account(one, platform_id) for one in self.platforms)

    def handle(self, handle: str) -> bool:
        """Whether an account that goes by a handle is."""
        return any(self.gone.is_handle(one, handle) for one in self.platforms)


def gone_of(
    posts: Collection[tuple[str, str]],
    accounts: Collection[tuple[str, str]],
    handles: Collection[tuple[str, str]],
) -> Gone:
    """What is forgotten, from sets of platform and id; handles as they are compared."""
    return Gone(
        is_post=lambda platform, one: (platform, one) in posts,
        is_account=lambda platform, one: (platform, one) in accounts,
        is_handle=lambda platform, one: (platform, handle_key(one)) in handles,
    )
