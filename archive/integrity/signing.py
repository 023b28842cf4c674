"""Signatures of checkpoints: Ed25519, as C2SP's signed-note has them."""

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from archive.integrity.checkpoints import Checkpoint, WrongCheckpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
"""The kind of key, in its hash."""

NEEDS_EXTRA = "signatures need `pip install 'hustings[sign]'`"


def sign(checkpoint: Checkpoint, key_file: bytes) -> Checkpoint:
    """The checkpoint with a signature. `key_file`: PEM, as `openssl genpkey -algorithm ed25519` writes it.

    Raises WrongCheckpoint where it is no such key, or the library is not there.
    """
    key = _private(key_file)
    hashed = _key_hash(checkpoint.origin, key.public_key())
    signature = base64.b64encode(hashed + key.sign(checkpoint.text.encode())).decode()
    return checkpoint.signed(f"{checkpoint.origin} {signature}")


def is_signed_by(checkpoint: Checkpoint, key_file: bytes) -> bool:
    """Whether one of the signatures is by this public key (PEM).

    Raises WrongCheckpoint where it is no such key, or the library is not there.
    """
    key = _public(key_file)
    hashed = _key_hash(checkpoint.origin, key)
    return any(
        _verifies(key, signature, checkpoint.text)
        for name, signature in map(_split, checkpoint.signatures)
        if name == checkpoint.origin and signature[:4] == hashed
    )


def _verifies(key: "Ed25519PublicKey", signature: bytes, text: str) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature[4:], text.encode())
    except InvalidSignature:
        return False
    return True


def _split(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.partition(" ")
    try:
        return name, base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return name, b""


def _key_hash(name: str, key: "Ed25519PublicKey") -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:4]


def _private(key_file: bytes) -> "Ed25519PrivateKey":
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise WrongCheckpoint(NEEDS_EXTRA) from error
    try:
        key = load_pem_private_key(key_file, password=None)
    except (ValueError, TypeError) as error:
        raise WrongCheckpoint(f"the key cannot be read (PEM, without a password): {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongCheckpoint("the key is not of Ed25519: `openssl genpkey -algorithm ed25519` makes one")
    return key


def _public(key_file: bytes) -> "Ed25519PublicKey":
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError as error:
        raise WrongCheckpoint(NEEDS_EXTRA) from error
    try:
        key = load_pem_public_key(key_file)
    except ValueError as error:
        raise WrongCheckpoint(f"the public key cannot be read (PEM): {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise WrongCheckpoint("the public key is not of Ed25519")
    return key
