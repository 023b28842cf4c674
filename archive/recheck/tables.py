"""The rule tables of rechecking, which a person can read: rhythm.tsv, proof.tsv, decisions.tsv."""

from importlib.resources import files


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a table by column. Raises ValueError, naming the line, where one is too long or short."""
    text = files("archive.recheck").joinpath(name).read_text(encoding="utf-8")
    header: list[str] | None = None
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if header is None:
            header = cells
            continue
        if len(cells) != len(header):
            raise ValueError(f"{name}:{number}: {len(cells)} cells, but the header names {len(header)}")
        found.append(dict(zip(header, cells, strict=True)))
    return found
