"""The files that every page with charts shares: Vega's bundle, the specs, our script and sheet."""

import hashlib
import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import vl_convert

VEGA_LITE = "6.4"
"""The release whose specs ours are, as vl-convert counts them."""

SNIPPET = "window.hustingsVega = {embed: vegaEmbed};"

SCRIPTS = ("vega.js", "chart-specs.js", "charts.js")
"""The scripts of a page with charts, in their order; all with `defer`."""

STYLES = ("charts.css",)
"""The sheet of a page with charts, after `style.css`."""


def write_assets(folder: Path, *, before: Path | None = None) -> None:
    """Write SCRIPTS and STYLES into a site's `assets` folder.

    `before` is the folder of an earlier report: its `vega.js` is taken over if it is whole and of the
    same release, as to bundle it anew takes seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vega.js").write_text(_kept_bundle(before) or vega_bundle(), encoding="utf-8", newline="\n")
    (folder / "chart-specs.js").write_text(spec_script(), encoding="utf-8", newline="\n")
    for name in ("charts.js", "charts.css"):
        text = files("analysis.site").joinpath("assets", name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


@cache
def vega_bundle() -> str:
    """Vega-Embed with Vega, Vega-Lite and the interpreter of expressions, as one script.

    The first line names the releases and the SHA-256 of all after it.
    """
    code = vl_convert.javascript_bundle(snippet=SNIPPET, vl_version=VEGA_LITE)
    body = f"{_licence()}{code}\n"
    return f"{_first_line(body)}\n{body}"


@cache
def specs() -> dict[str, dict[str, object]]:
    """Chart kind -> its Vega-Lite spec."""
    folder = files("analysis.site.charts").joinpath("specs")
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".json")
    }


def spec_script() -> str:
    """The specs as a script: pages that are opened from disk cannot fetch JSON."""
    return f"window.hustingsSpecs = {json.dumps(specs(), separators=(',', ':'))};\n"


def _kept_bundle(before: Path | None) -> str | None:
    path = None if before is None else before / "vega.js"
    if path is None or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")
    first, _, body = text.partition("\n")
    return text if first == _first_line(body) else None


def _first_line(body: str) -> str:
    digest = hashlib.sha256(body.encode("utf-8")).hexdigest()
    vega, embed = vl_convert.get_vega_version(), vl_convert.get_vega_embed_version()
    return f"/*! Vega {vega}, Vega-Lite {VEGA_LITE}, Vega-Embed {embed}; sha256 of the rest: {digest} */"


def _licence() -> str:
    return files("analysis.site.charts").joinpath("vega-licence.txt").read_text(encoding="utf-8")
