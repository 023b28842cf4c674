"""YouTube by its Data API v3."""

from archive.collectors.youtube.reading import YouTubeCollector, collector

__all__ = ["YouTubeCollector", "collector"]
