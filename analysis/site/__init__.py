"""Pages as text: the one door to Jinja2. Knows words and layout, nothing of the database.

Public: `render_fragment`, `render_page`, `stylesheet`.
"""

from analysis.site.rendering import render_fragment, render_page, stylesheet

__all__ = ["render_fragment", "render_page", "stylesheet"]
