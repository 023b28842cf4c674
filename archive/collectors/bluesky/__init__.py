"""Bluesky: an account's own server (PDS) as the truth, the AppView's feed as an option."""

from archive.collectors.bluesky.appview import AppViewCollector, appview_collector
from archive.collectors.bluesky.repository import RepositoryCollector, collector

__all__ = ["AppViewCollector", "RepositoryCollector", "appview_collector", "collector"]
