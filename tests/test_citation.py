"""What users are asked to cite is this release."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_citation_names_this_release_and_its_authors() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert "cff-version: 1.2.0" in lines
    assert f"version: {project['version']}" in lines
    assert f"license: {project['license']}" in lines
    assert {f"  - name: {author['name']}" for author in project["authors"]} <= set(lines)
