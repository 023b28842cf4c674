"""Days as articles and embedded posts print them."""

from datetime import date, datetime

FORMATS = ("%d %B %Y", "%B %d %Y", "%A %d %B %Y", "%A %B %d %Y", "%d %b %Y", "%b %d %Y", "%a %d %b %Y")
LONGEST = 40


def day_of(value: str) -> date | None:
    """Return the day that is the whole of a value, in ISO or in English words; None for anything else."""
    plain = value.strip().rstrip(".")
    if len(plain) > LONGEST or not any(sign.isdigit() for sign in plain):
        return None
    try:
        return datetime.fromisoformat(plain).date()
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(" ".join(plain.replace(",", " ").split()), form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None
