"""The AT protocol's own forms: addresses, records, and repositories as files; no network, no archive."""
