"""Telegram's public channels, by the preview that t.me shows everybody."""

from archive.collectors.telegram.collector import TelegramCollector, collector

__all__ = ["TelegramCollector", "collector"]
