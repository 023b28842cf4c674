"""Mastodon and what speaks its API: an account's home server, oldest posts first."""

from archive.collectors.mastodon.collector import MastodonCollector, collector

__all__ = ["MastodonCollector", "collector"]
