"""Time stamps (RFC 3161): what an authority is asked, what its answer says, where it is kept. Asks nobody.

An answer is kept as it came, a TimeStampResp in DER: `openssl ts -verify -in` reads the same bytes.
"""

import hashlib
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.integrity.der import with_certificates_sorted
from db.errors import Refusal

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

NEEDS_EXTRA = "time stamps need `pip install 'hustings[timestamp]'`"

SUFFIX = ".tsr"
"""Of the file with an authority's answer, behind the whole name of what it stamps."""

MOST = 1 << 20
"""Bytes of an answer: a token with its certificates has some thousand."""

DIGESTS = {
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}
"""The imprints that are read. We ask for the first; others may stamp a checkpoint by their own tools."""

GRANTED = 0
STATUSES = {
    1: "a stamp with changes, which was not asked for",
    2: "a rejection",
    3: "that it is to be asked again later",
    4: "a warning of a revocation",
    5: "that its certificate is revoked",
}
"""PKIStatus (RFC 3161, 2.4.2), as far as it is no stamp."""

LONGEST_REASON = 200


class WrongTimestamp(Refusal):
    """This is no time stamp of these bytes, or nobody can tell."""


class NoTimestamps(WrongTimestamp):
    """The library that reads them is not installed."""


@dataclass(frozen=True, slots=True)
class Query:
    """What an authority is asked."""

    der: bytes
    """A TimeStampReq: the SHA-256 of the bytes, never the bytes."""
    nonce: int
    """What the answer must repeat, so that it is none of an earlier day."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What an answer says. Until its signature is checked anybody may have written it."""

    at: datetime
    nonce: int | None
    has_certificates: bool
    response: "TimeStampResponse" = field(repr=False)


def query_for(data: bytes) -> Query:
    """The question for bytes, with a nonce, and the certificate asked for. Raises NoTimestamps."""
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError as error:
        raise NoTimestamps(NEEDS_EXTRA) from error
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    assert request.nonce is not None  # made unless it is declined
    return Query(request.as_bytes(), request.nonce)


def read_timestamp(answer: bytes, data: bytes) -> Timestamp:
    """The stamp in an answer. Raises WrongTimestamp unless it is one of exactly these bytes, NoTimestamps."""
    try:
        from rfc3161_client import decode_timestamp_response
    except ImportError as error:
        raise NoTimestamps(NEEDS_EXTRA) from error
    if len(answer) > MOST:
        raise WrongTimestamp(f"it is no time stamp: larger than {MOST:,} bytes")
    try:
        response = decode_timestamp_response(with_certificates_sorted(answer))
        if response.status != GRANTED:
            raise WrongTimestamp(f"it holds no time stamp but {_refusal(response)}")
        told, imprint = response.tst_info, response.tst_info.message_imprint
        algorithm, digest = imprint.hash_algorithm.dotted_string, imprint.message
        has_certificates = bool(response.signed_data.certificates)
        found = Timestamp(told.gen_time.astimezone(UTC), told.nonce, has_certificates, response)
    except ValueError as error:
        raise WrongTimestamp(f"it is no time stamp of RFC 3161 ({error})") from error
    if algorithm not in DIGESTS:
        raise WrongTimestamp(f"it stamps a hash that is not read here ({algorithm})")
    if DIGESTS[algorithm](data).digest() != digest:
        raise WrongTimestamp("it is a time stamp of other bytes")
    return found


def check_answer(answer: bytes, data: bytes, query: Query) -> Timestamp:
    """The stamp that was asked for. Raises WrongTimestamp for any other, NoTimestamps."""
    found = read_timestamp(answer, data)
    if found.nonce != query.nonce:
        raise WrongTimestamp("it is the answer to another question (its nonce is not ours)")
    if not found.has_certificates:
        raise WrongTimestamp("it comes without the certificate that was asked for")
    return found


def check_signature(found: Timestamp, data: bytes, ca_file: bytes) -> None:
    """Check that an authority signed a stamp. `ca_file`: certificates that are trusted (PEM).

    Its certificate must have been valid when it signed, for time stamps alone, and lead to one of them.
    Nobody is asked whether it was revoked. Raises WrongTimestamp.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.utils import CryptographyDeprecationWarning
    from cryptography.x509 import DuplicateExtension, InvalidVersion, load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # what is strange in certificates
        try:
            trusted = load_pem_x509_certificates(ca_file)
        except ValueError as error:
            raise WrongTimestamp(f"the authority's certificates cannot be read (PEM): {error}") from error
        try:
            VerifierBuilder(roots=trusted).build().verify_message(found.response, data)
        except (
            *(VerificationError, ValueError, UnsupportedAlgorithm),
            *(DuplicateExtension, InvalidVersion),
        ) as error:
            raise WrongTimestamp(f"its signature is not one of these authorities ({error})") from error


def beside(file: Path) -> Path:
    """Where the time stamp of a file is kept."""
    return file.with_name(file.name + SUFFIX)


def check_free(file: Path) -> None:
    """Raise WrongTimestamp where a file has a time stamp: it would be worth nothing without these bytes."""
    if beside(file).exists():
        raise WrongTimestamp(f"{file} has a time stamp already, {beside(file)}: name another file")


def read_stamp(file: Path, data: bytes, ca_file: bytes | None) -> Timestamp | None:
    """The stamp beside a file of these bytes, None where there is none.

    `ca_file`: whose signature it must have, as check_signature takes it; None: it is not looked at.
    Raises WrongTimestamp, NoTimestamps, OSError.
    """
    path = beside(file)
    if not path.exists():
        return None
    with path.open("rb") as opened:
        answer = opened.read(MOST + 1)
    try:
        found = read_timestamp(answer, data)
        if ca_file is not None:
            check_signature(found, data, ca_file)
    except WrongTimestamp as error:
        raise type(error)(f"{path}: {error}") from error
    return found


def _refusal(response: "TimeStampResponse") -> str:
    said = STATUSES.get(response.status, f"status {response.status}")
    why = " ".join(" ".join(response.status_string).split())[:LONGEST_REASON]
    return f"{said}: {why}" if why else said
