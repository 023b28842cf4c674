"""ZIP files whose entries are packed in unusual ways, and damaged."""

import zipfile
from io import BytesIO


def damaged_zip(content: bytes, packing: int) -> bytes:
    """The same entries, packed otherwise, each with its first packed bytes turned."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(target, "w", packing) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        places = [one.header_offset + 30 + len(one.filename) for one in new.infolist()]
    body = bytearray(target.getvalue())
    for place in places:
        for at in range(place + 9, place + 25):
            body[at] ^= 0xFF
    return bytes(body)
