"""Forgetting: what is removed, and removed everywhere. See docs/privacy.md."""
