"""Reads feeds: RSS, Atom and JSON Feed."""

from archive.collectors.feed.reading import FeedCollector, collector

__all__ = ["FeedCollector", "collector"]
