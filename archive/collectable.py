"""Which platforms have a collector, known without loading one."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A collector of ours: its platform, and the module and factory (which takes a Setup) that make it."""

    platform: str
    module: str
    factory: str = "collector"


COLLECTORS: dict[str, BuiltIn] = {
    "bluesky": BuiltIn("bluesky", "archive.collectors.bluesky"),
    "bluesky-appview": BuiltIn("bluesky", "archive.collectors.bluesky", "appview_collector"),
    "mastodon": BuiltIn("mastodon", "archive.collectors.mastodon"),
    "x": BuiltIn("x", "archive.collectors.x"),
    "feed": BuiltIn("feed", "archive.collectors.feed"),
    "telegram": BuiltIn("telegram", "archive.collectors.telegram"),
    "youtube": BuiltIn("youtube", "archive.collectors.youtube"),
}
"""Collector -> what makes it. Of several for one platform the first is used, unless another is chosen."""

PLUGINS = "hustings.collectors"
"""Group of entry points by which other distributions add collectors.

One is called by its platform's name; or by any other, and is then used where `--collector` chooses it."""


def plugins() -> dict[str, EntryPoint]:
    """The collectors of other distributions, by their names; ours go before them."""
    return {entry.name: entry for entry in entry_points(group=PLUGINS) if entry.name not in COLLECTORS}


def collectable_platforms() -> frozenset[str]:
    """The platforms that `archive.registry.Collectors` has a collector for, where none is chosen."""
    return frozenset(plugins()) | {built_in.platform for built_in in COLLECTORS.values()}
