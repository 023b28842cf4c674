"""Readers of platforms, one a module or package each."""
