"""What a file is that is not the text it should be, by its first bytes."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet: unpack it, or save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file: save it as CSV"),
    (b"\x1f\x8b", "compressed by gzip: unpack it first"),
    (b"\xff\xfe", "UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text: save it as UTF-8"),
    (b"%PDF", "a PDF"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a sound"),
    (b"OggS", "a sound or a film"),
    (b"ID3", "a sound"),
)
"""First bytes -> what such a file is, and what to do."""


def find_magic(head: bytes) -> str | None:
    """What a file with these first bytes is, where they say that it is no text."""
    if head[257:262] == b"ustar":
        return "a tar archive: unpack it, and give its folder"
    if head[4:8] == b"ftyp":
        return "a film or a picture"
    return next((what for magic, what in MAGIC if head.startswith(magic)), None)
