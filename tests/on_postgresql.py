"""Runs the tests with archives on a PostgreSQL server of their own; words go to pytest."""

import os
import subprocess
import sys

from archives_on_server import SETTING, make_template
from postgresql_server import postgresql_server


def main(words: list[str]) -> int:
    """Start a server, run pytest with these words, stop the server; pytest's exit code."""
    with postgresql_server() as server:
        make_template(server)
        return subprocess.run(
            [sys.executable, "-m", "pytest", *words], env={**os.environ, SETTING: server}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
