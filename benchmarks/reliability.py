"""Draws a reliability diagram: confidence across, the share that was right up, a circle a bin."""

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt

import accuracy
from accuracy import Judged

SIDE, EDGE = 320, 48
"""Pixels of the square, and round it."""
COLOURS = ("#1b5e9e", "#b34700", "#3d7a37")
LARGEST = 13
"""Radius of the fullest bin."""


def drawn(title: str, series: Mapping[str, Sequence[Judged]]) -> str:
    """An SVG that says in its description what it shows; series are told by colour, and by their names."""
    size = SIDE + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}"'
        ' font-family="sans-serif" font-size="12" role="img" aria-labelledby="title text">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="text">{escape(_described(series))}</desc>',
        f'<rect width="{size}" height="{size}" fill="#ffffff"/>',
        *_axes(),
    ]
    for number, (name, items) in enumerate(series.items()):
        parts += _circles(items, COLOURS[number % len(COLOURS)])
        parts.append(
            f'<text x="{EDGE + 10}" y="{EDGE + 18 + 16 * number}" fill="{COLOURS[number % len(COLOURS)]}">'
            f"{escape(name)}: error {accuracy.calibration_error(items):.3f}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _described(series: Mapping[str, Sequence[Judged]]) -> str:
    return " ".join(
        f"{name}: "
        + ", ".join(f"{sure:.2f} sure, {right:.2f} right" for _, sure, right in accuracy.reliability(items))
        + "."
        for name, items in series.items()
    )


def _axes() -> list[str]:
    low, high = EDGE, EDGE + SIDE
    middle = EDGE + SIDE / 2
    lines = [
        f'<path d="M{low} {low} V{high} H{high}" fill="none" stroke="#333333"/>',
        f'<path d="M{low} {high} L{high} {low}" stroke="#999999" stroke-dasharray="4 4"/>',
        f'<text x="{middle}" y="{high + 36}" text-anchor="middle">mean confidence</text>',
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">'
        "share right</text>",
    ]
    for tenth in range(0, 11, 2):
        at = SIDE * tenth / 10
        lines.append(f'<text x="{low + at}" y="{high + 18}" text-anchor="middle">{tenth / 10:g}</text>')
        lines.append(f'<text x="{low - 8}" y="{high - at + 4}" text-anchor="end">{tenth / 10:g}</text>')
    return lines


def _circles(items: Sequence[Judged], colour: str) -> list[str]:
    bins = accuracy.reliability(items)
    fullest = max(n for n, _, _ in bins)
    return [
        f'<circle cx="{EDGE + SIDE * sure:.1f}" cy="{EDGE + SIDE * (1 - right):.1f}"'
        f' r="{max(LARGEST * sqrt(n / fullest), 2):.1f}" fill="{colour}" fill-opacity="0.55"/>'
        for n, sure, right in bins
    ]
