"""Rendering templates, with everything escaped."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.site import wording
from analysis.site.harmless import shown


def _harmless(value: Any) -> Any:
    """What a template shows: texts without what disturbs a page. What is markup already stays as it is."""
    return shown(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("analysis.site"),
        autoescape=True,  # for every template, whatever its name: texts of posts are hostile
        finalize=_harmless,
        undefined=StrictUndefined,
        auto_reload=False,  # or the file of each template, and of each that it imports, is asked for changes
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(wording.FILTERS)
    environment.globals.update(wording.TABLES)
    return environment


def compile_templates(*templates: str) -> None:
    """Compile each `templates/TEMPLATE.html` ahead, where processes will be forked that need it.

    Those that it extends or imports are to be named, too: they are loaded when it is rendered.
    """
    environment = _environment()
    for name in templates:
        environment.get_template(f"{name}.html")


def render_page(template: str, **context: Any) -> str:
    """A whole HTML document from `templates/TEMPLATE.html`.

    `root` (the way from the page to the report's first folder, such as `../../`) and `manifest` must
    be among the context. Raises jinja2's UndefinedError where a template's value is missing.
    """
    found = _environment().get_template(f"{template}.html")
    known = found.new_context(context)
    try:
        return "".join(found.root_render_func(known))
    finally:
        # A context and its macros hold each other: what these use, such as all candidates of an election,
        # would stay until Python looks for garbage.
        known.vars.clear()


def render_fragment(template: str, macro: str, **values: Any) -> str:
    """What a macro of `templates/TEMPLATE.html` gives: a piece of a page, escaped."""
    return str(getattr(_macros(template), macro)(**values))


@cache
def _macros(template: str) -> Any:
    return _environment().get_template(f"{template}.html").module


def stylesheet() -> str:
    """The one CSS file of the site."""
    return files("analysis.site").joinpath("style.css").read_text(encoding="utf-8")
