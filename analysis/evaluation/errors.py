"""What is refused of samples and codes.

Refusal
    CodingRefused        a sample, a code or a question about them cannot be used
        UnknownSample    no sample of that name
"""

from db.errors import Refusal


class CodingRefused(Refusal):
    """Something about hand coding cannot be done; the message says what and why."""


class UnknownSample(CodingRefused):
    """No sample has that name; the message names those that exist."""
