"""The one place of a time stamp that must be put in order before it is read: the set of its certificates.

DER wants the members of a set sorted (X.690, 11.6), and the library reads nothing else. Many authorities
leave certificates in the order of their chain, as openssl does. No signature covers that order.
"""

from collections.abc import Iterator
from typing import NamedTuple

CERTIFICATES = 0xA0
"""Tag of the certificates within SignedData (RFC 5652, 5.1); no other member of it has the same."""


class Element(NamedTuple):
    """Where an element stands: from its tag, its content, to the byte behind it."""

    begin: int
    content: int
    end: int


def with_certificates_sorted(answer: bytes) -> bytes:
    """A TimeStampResp as DER has it; what is not built like one stays as it is, for the reader to refuse."""
    try:
        place = _certificates(answer)
        if place is None:
            return answer
        members = sorted(answer[one.begin : one.end] for one in _members(answer, place))
    except ValueError:
        return answer
    return answer[: place.content] + b"".join(members) + answer[place.end :]


def _certificates(answer: bytes) -> Element | None:
    """TimeStampResp (status, token), ContentInfo (type, [0]), SignedData. Raises ValueError."""
    response = _element(answer, 0, len(answer))
    _status, token = _members(answer, response)
    _type, explicit = _members(answer, token)
    (signed,) = _members(answer, explicit)
    return next((one for one in _members(answer, signed) if answer[one.begin] == CERTIFICATES), None)


def _members(data: bytes, element: Element) -> Iterator[Element]:
    at = element.content
    while at < element.end:
        found = _element(data, at, element.end)
        yield found
        at = found.end


def _element(data: bytes, begin: int, end: int) -> Element:
    """The element that begins there. Raises ValueError where its length is not said, or goes beyond `end`."""
    if begin + 2 > end:
        raise ValueError("cut off")
    content, length = begin + 2, data[begin + 1]
    if length >= 0x80:
        octets = length & 0x7F
        content += octets
        if not octets or content > end:
            raise ValueError("no definite length")
        length = int.from_bytes(data[begin + 2 : content])
    if content + length > end:
        raise ValueError("longer than what it stands in")
    return Element(begin, content, content + length)
