"""The command that has a checkpoint stamped by an authority, and what the others share of that."""

import os
import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AllowOption
from db.console import Exit, JsonOption, complain, console_of, refusals, wording

if TYPE_CHECKING:
    from archive.integrity.stamping import Ask

app = typer.Typer()

TimestampOption = Annotated[
    str | None,
    typer.Option(
        "--timestamp",
        metavar="URL",
        help="Authority that stamps it (RFC 3161): FILE.tsr (needs hustings[timestamp]).",
    ),
]
TsaOption = Annotated[
    Path | None,
    typer.Option("--tsa-ca", metavar="PEM", help="The checkpoint's time stamp must be signed under these."),
]


@dataclass(frozen=True, slots=True)
class Stamped:
    """What the time stamp beside a checkpoint says."""

    file: str
    at: datetime | None
    """None: the library that reads it is not there."""
    signature: bool
    """Whether it was checked: by the certificates that the user gave."""
    said: str

    def as_json(self) -> dict[str, object]:
        return {
            "file": self.file,
            "at": self.at and self.at.isoformat(),
            "signature": "valid" if self.signature else "not checked",
        }


@app.command()
def timestamp(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint that was written before.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Of an authority, http or https.")],
    allow_host: AllowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have an authority stamp a checkpoint (RFC 3161): FILE.tsr proves that it existed at that time.

    The authority gets a hash, and nothing else. `openssl ts -verify -data FILE -in FILE.tsr -CAfile PEM`
    and `hustings verify --checkpoint FILE --tsa-ca PEM` check it.
    """
    from archive.contract import CollectingError
    from archive.integrity.checkpoints import read_checkpoint
    from archive.integrity.stamping import stamp
    from archive.integrity.timestamps import beside, check_free

    with refusals(CollectingError, OSError, as_json=as_json):
        read_checkpoint(file)
        check_free(file)
        made = stamp(file, url, _asking(allow_host))
    path = beside(file)
    told = {"file": str(path), "at": made.at.isoformat()}
    console_of(context, None, as_json).say(f"{_time(made.at)}: {path}", told)


def stamp_or_say(file: Path, url: str, allow_host: list[str] | None) -> None:
    """Stamp a file that was just written; where that fails, say what is missing and what to do."""
    from archive.contract import CollectingError
    from archive.integrity.stamping import stamp
    from archive.integrity.timestamps import beside
    from db.errors import Refusal

    try:
        made = stamp(file, url, _asking(allow_host))
    except (CollectingError, Refusal, OSError) as error:
        later = f"later: hustings timestamp {shlex.quote(str(file))} URL"
        complain(f"{file} is written, but has no time stamp ({wording(error)}); {later}")
        raise typer.Exit(Exit.PARTLY) from error
    typer.echo(f"{_time(made.at)}: {beside(file)}", err=True)


def look_at_stamp(file: Path, tsa_ca: Path | None) -> Stamped | None:
    """The time stamp beside a checkpoint; None where there is none. Raises WrongTimestamp, OSError."""
    from archive.integrity.timestamps import NoTimestamps, WrongTimestamp, beside, read_stamp

    path = beside(file)
    try:
        found = read_stamp(file, file.read_bytes(), tsa_ca.read_bytes() if tsa_ca is not None else None)
    except NoTimestamps as error:
        if tsa_ca is not None:
            raise
        return Stamped(str(path), None, False, f"not proven: {error}")
    if found is None and tsa_ca is not None:
        raise WrongTimestamp(f"{path} is not there: {file} has no time stamp")
    if found is None:
        return None
    if tsa_ca is not None:
        said = f"{file} existed at {_time(found.at)}: {path} is signed under {tsa_ca}"
        return Stamped(str(path), found.at, True, said)
    checking = f"openssl ts -verify -data {shlex.quote(str(file))} -in {shlex.quote(str(path))} -CAfile PEM"
    said = (
        f"not proven: {path} says that {file} existed at {_time(found.at)}; it is of these bytes, but who"
        f" signed it was not checked: --tsa-ca PEM, or {checking}"
    )
    return Stamped(str(path), found.at, False, said)


def _asking(allow_host: list[str] | None) -> "Ask":
    from archive.collecting import Means
    from archive.integrity.stamping import asking

    return asking(Means(os.environ, allow=tuple(allow_host or ())))


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
