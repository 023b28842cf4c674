"""Hands invented bytes to everything that reads bytes from outside, for so many minutes each.

No crash, no more than a second of processor time for each 10 KB, no more than ten times the input in memory
(and what any input may take). What is found is written into a folder, and belongs into a test.

    PYTHONPATH=.:tests python benchmarks/fuzz.py --minutes 10 --engine atheris --only parser-feed

Inputs come from hypothesis, or from atheris (libFuzzer, which follows what our code does with them): nothing
else needs it, so it stands in no list of dependencies; `pip install atheris` has wheels for Linux.
"""

import argparse
import hashlib
import os
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from fuzz_targets import Target

SECONDS_PER_BYTE = 1 / 10_000
MEMORY = 10
FREE_SECONDS = 1.0
FREE_BYTES = 16 << 20
"""What any input may take, however short it is: tables that are loaded, buffers of fixed size."""
ENDLESS = 300
"""Seconds of the clock after which libFuzzer ends a process that does not come back from one input."""
MEASURED_EVERY = 20
"""Of so many inputs the memory of one is measured, which takes its time."""

TOKENS = (
    *(
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"\n",
        b'"',
        b"'",
        b"{",
        b"[" * 300,
        b"]}",
        b"<",
        b"<!--",
        b"&#0;",
        b"&",
    ),
    *(
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"9" * 400,
        b"NaN",
        b'"\\ud800"',
        b"\\u0000",
        b"\xef\xbb\xbf",
        b"%00",
    ),
    *(
        b"../../",
        b"https://",
        b"2024-02-30T25:61:61Z",
        b"0000-00-00",
        b"\xf0\x9f\x98\xa1" * 50,
        b"a" * 2000,
        b",",
    ),
)


@dataclass
class Found:
    """What went wrong with one target, by the kind of it; and how much was tried."""

    name: str
    folder: Path
    tried: int = 0
    slowest: float = 0.0
    """Seconds for each 10 KB, of inputs of at least that."""
    wrong: dict[str, bytes] = field(default_factory=dict)

    def note(self, what: str, body: bytes) -> None:
        if what in self.wrong and len(self.wrong[what]) <= len(body):
            return
        self.wrong[what] = body
        self.folder.mkdir(parents=True, exist_ok=True)
        kind = hashlib.sha256(what.encode()).hexdigest()[:8]
        (self.folder / f"{self.name}-{kind}.bin").write_bytes(body)
        (self.folder / f"{self.name}-{kind}.txt").write_text(what + "\n")


def try_one(target: "Target", body: bytes, found: Found) -> None:
    """One input: whatever is raised but a refusal is noted, and too much time or memory."""
    found.tried += 1
    measured = found.tried % MEASURED_EVERY == 0
    if measured:
        tracemalloc.start()
    began = time.process_time()
    try:
        target.run(body)
    except target.refused:
        pass
    except (Exception, RecursionError) as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
        found.note(f"{type(error).__name__} at {where}: {str(error)[:200]}", body)
    seconds = time.process_time() - began
    if measured:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if peak > FREE_BYTES + MEMORY * len(body):
            found.note(f"too much memory: more than {MEMORY} times the input", body)
    elif seconds > FREE_SECONDS + SECONDS_PER_BYTE * len(body):
        found.note("too slow: more than a second for 10 KB", body)
    if len(body) >= 10_000 and not measured:
        found.slowest = max(found.slowest, seconds / len(body) * 10_000)


@st.composite
def changed(draw: st.DrawFn, examples: Sequence[bytes]) -> bytes:
    """An example with some changes: bytes replaced, put in, taken out, repeated; or any bytes at all."""
    body = bytearray(draw(st.sampled_from(list(examples))))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(body))))
        match draw(st.integers(0, 4)):
            case 0:
                body[at:at] = draw(st.sampled_from(TOKENS))
            case 1:
                body[at : at + draw(st.integers(1, 40))] = draw(st.binary(max_size=8))
            case 2:
                del body[at : at + draw(st.integers(1, 400))]
            case 3:
                body[at:at] = body[at : at + draw(st.integers(1, 200))] * draw(st.integers(1, 30))
            case _:
                del body[at:]
    return bytes(body) if draw(st.integers(0, 19)) else draw(st.binary(max_size=300))


def by_hypothesis(target: "Target", found: Found, seconds: float) -> None:
    """Rounds of some hundred inputs, each with another seed, until the time is over."""
    ends, number = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        number += 1

        @seed(number)
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(changed(target.examples))
        def one_round(body: bytes) -> None:
            if time.monotonic() < ends:
                try_one(target, body, found)

        one_round()


def by_atheris(target: "Target", found: Found, seconds: float) -> None:
    """libFuzzer, which never returns: so each target has a process of its own."""
    import atheris

    corpus = found.folder / f"corpus-{found.name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, example in enumerate(target.examples):
        (corpus / f"example-{number}").write_bytes(example)

    def one(body: bytes) -> None:
        try_one(target, body, found)
        if found.tried % 100 == 0:
            (found.folder / f"{found.name}.tried").write_text(str(found.tried))

    told = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={int(seconds)}",
        f"-timeout={ENDLESS}",
        f"-artifact_prefix={found.folder}/{found.name}-",
        "-verbosity=0",
    ]
    atheris.Setup(told, one)
    atheris.Fuzz()


ENGINES: dict[str, Callable[["Target", Found, float], None]] = {
    "hypothesis": by_hypothesis,
    "atheris": by_atheris,
}


def _apart(target: "Target", found: Found, seconds: float) -> bool:
    """One target in a process of its own, forked: it need not load all again. Whether something is wrong."""
    child = os.fork()
    if child == 0:
        by_atheris(target, found, seconds)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0 or any(found.folder.glob(f"{found.name}-*.bin"))


def _tried(name: str, folder: Path) -> int:
    """How many inputs a process of its own said that it tried, which it does at each hundredth."""
    said = folder / f"{name}.tried"
    return int(said.read_text()) if said.exists() else 0


def loaded(engine: str) -> "dict[str, Target]":
    """What is fuzzed. atheris has our own code tell it where it goes, as it is imported."""
    if engine != "atheris":
        return dict(import_module("fuzz_targets").targets())
    import atheris

    with atheris.instrument_imports(include=["archive", "analysis"]):
        return dict(import_module("fuzz_targets").targets())


def main() -> int:
    """1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--engine", choices=ENGINES, default="hypothesis")
    parser.add_argument("--only", action="append", help="names of targets")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    known = loaded(asked.engine)
    names = asked.only or list(known)
    wrong = 0
    for name in names:
        found = Found(name, asked.found)
        if asked.engine == "atheris":
            wrong += _apart(known[name], found, asked.minutes * 60)
            print(f"{name}: {_tried(name, asked.found):,} inputs or some more", flush=True)
            for what in sorted(asked.found.glob(f"{name}-*.txt")):
                print(f"    {what.read_text().strip()}", flush=True)
            continue
        ENGINES[asked.engine](known[name], found, asked.minutes * 60)
        wrong += len(found.wrong)
        speed = f"{found.slowest:.2f} s for 10 KB at most"
        print(f"{name}: {found.tried:,} inputs, {speed}, found {len(found.wrong)}", flush=True)
        for what in found.wrong:
            print(f"    {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
