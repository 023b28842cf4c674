"""The commands by which an archive shows that it is what it was: verify, checkpoint, prove, warc."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.cli.options import AllowOption
from archive.cli.timestamps import Stamped, TimestampOption, TsaOption, look_at_stamp, stamp_or_say
from db.console import DatabaseOption, Exit, JsonOption, complain, console_of, progress, refusals

if TYPE_CHECKING:
    from archive.contract import Collector
    from archive.integrity.checkpoints import Checkpoint
    from archive.integrity.reporting import Verified
    from archive.rereading import Readers

app = typer.Typer()

MOST = 200
"""Injuries that a person is shown; programs get all."""

CheckpointOption = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="One that was kept elsewhere: the log must go on from it.",
    ),
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", metavar="PEM", help="Private key of Ed25519 that signs it (needs hustings[sign])."),
]


@app.command()
def verify(
    context: typer.Context,
    checkpoint: CheckpointOption = None,
    public_key: Annotated[
        Path | None,
        typer.Option("--public-key", metavar="PEM", help="The checkpoint must be signed by this key."),
    ] = None,
    tsa_ca: TsaOption = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="The file, references, search index and log; no capture is read."),
    ] = False,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that the archive is what it was: bytes, log, statements, references, search index.

    Every capture is unpacked and read again, and each statement compared with what is read. Exit code 3
    where anything is not as it must be; each such thing is named. Without a checkpoint from elsewhere
    nobody can tell an earlier copy of the file from the archive (docs/integrity.md). A time stamp beside the
    checkpoint (FILE.tsr) must be of its bytes, and says when it existed.
    """
    from archive.integrity.checkpoints import WrongCheckpoint
    from archive.integrity.verifying import verify as check

    console = console_of(context, db, as_json)
    with refusals(OSError, as_json=as_json):
        if checkpoint is None and (public_key is not None or tsa_ca is not None):
            raise WrongCheckpoint("--public-key and --tsa-ca need the --checkpoint that they are about")
        kept = _read(checkpoint, public_key) if checkpoint is not None else None
        stamped = look_at_stamp(checkpoint, tsa_ca) if checkpoint is not None else None
        found = check(console.open(), _readers(), kept, quick=quick, progress=progress)
    told = {"checkpoint": kept and kept.size, "timestamp": stamped and stamped.as_json()}
    console.say(_said(found, kept, stamped), {**asdict(found), "quick": quick, **told})
    if found.injuries:
        raise typer.Exit(Exit.INTEGRITY)


@app.command()
def checkpoint(
    context: typer.Context,
    target: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Default: standard output.")] = None,
    key: KeyOption = None,
    timestamp: TimestampOption = None,
    allow_host: AllowOption = None,
    db: DatabaseOption = None,
) -> None:
    """Write down how long the log is and the hash of all of it: some hundred bytes to keep elsewhere.

    `hustings verify --checkpoint FILE` then finds whatever was changed, removed or rolled back since.
    Exit code 1: FILE is written, but the authority of --timestamp gave no time stamp.
    """
    from archive.integrity.checkpoints import WrongCheckpoint, make_checkpoint
    from archive.integrity.signing import sign
    from archive.integrity.timestamps import check_free
    from db.snapshot import reading_one_moment

    with refusals(OSError):
        if target is not None:
            check_free(target)
        elif timestamp is not None:
            raise WrongCheckpoint("--timestamp needs a FILE, beside which the stamp is kept")
        key_file = key.read_bytes() if key is not None else None
        with reading_one_moment(console_of(context, db).open()) as session:
            made = make_checkpoint(session.connection(), datetime.now(UTC))
        if key_file is not None:
            made = sign(made, key_file)
        if target is None:
            typer.echo(made.render(), nl=False)
            return
        target.write_bytes(made.render().encode())  # on every system the bytes that were signed and stamped
    typer.echo(f"{made.size:,} entries: {target}", err=True)
    if timestamp is not None:
        stamp_or_say(target, timestamp, allow_host)


@app.command()
def prove(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="Its number, or platform:post id.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR|ZIP", help="What is made; it must not exist.")],
    key: KeyOption = None,
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a bundle by which others can check a statement without this program.

    It holds the captured bytes, what is known of them, the proof that the log has them, a checkpoint, the
    text, and a small script. The bytes are those of whole pages: they may show posts of other people.
    """
    from archive.integrity.proving import prove as bundle_of
    from archive.integrity.signing import sign
    from db.snapshot import reading_one_moment

    console = console_of(context, db, as_json)
    with refusals(OSError, as_json=as_json):
        key_file = key.read_bytes() if key is not None else None
        signing = (lambda made: sign(made, key_file)) if key_file is not None else (lambda made: made)
        with reading_one_moment(console.open()) as session:
            made = bundle_of(session, statement, out, now=datetime.now(UTC), signing=signing)
    console.say(
        f"statement {made.statement}: {made.captures} captures, log of {made.size:,} entries: {out}",
        {**asdict(made), "out": str(out)},
    )


@app.command()
def warc(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Such as captures.warc.gz; must not exist.")],
    db: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the captures as a WARC file (WARC/1.1), without credentials; `.gz` packs each record."""
    from archive.integrity.warc_export import export_warc
    from db.snapshot import reading_one_moment

    console = console_of(context, db, as_json)
    with (
        refusals(OSError, ValueError, as_json=as_json),
        reading_one_moment(console.open()) as session,
        progress("captures") as tell,
    ):
        done = export_warc(session, target, now=datetime.now(UTC), tell=tell)
    console.say(f"{done}: {target}", {**asdict(done), "out": str(target)})
    if done.damaged:
        complain(f"{done.damaged} captures are damaged and were left out: hustings verify names them")
        raise typer.Exit(Exit.INTEGRITY)


def _read(path: Path, public_key: Path | None) -> "Checkpoint":
    from archive.integrity.checkpoints import WrongCheckpoint, read_checkpoint
    from archive.integrity.signing import is_signed_by

    found = read_checkpoint(path)
    if public_key is not None and not is_signed_by(found, public_key.read_bytes()):
        raise WrongCheckpoint(f"{path} is not signed by {public_key}")
    return found


def _readers() -> "Readers":
    from archive.collecting import Means
    from archive.rereading import readers_of_release

    def collectors(name: str) -> "Mapping[str, Collector]":
        return Means(os.environ, chosen=(name,)).collectors()

    return readers_of_release(collectors)


def _said(found: "Verified", checkpoint: "Checkpoint | None", stamped: Stamped | None) -> str:
    from db.screens import printable

    looked = ", ".join(f"{count:,} {what}" for what, count in found.counts.items())
    notes = [f"not proven: {count:,} x {what}" for what, count in sorted(found.notes.items())]
    hurt = [printable(str(one)) for one in found.injuries[:MOST]]
    if len(found.injuries) > MOST:
        hurt.append(f"and {len(found.injuries) - MOST:,} more: --json names all")
    since = f"; goes on from the checkpoint of {checkpoint.size:,} entries" if checkpoint else ""
    ending = f"{len(found.injuries):,} INJURIES" if found.injuries else f"nothing is wrong{since}"
    if stamped is not None:
        notes.append(printable(stamped.said))
    return "\n".join([*hurt, *notes, f"{looked}: {ending}"])
