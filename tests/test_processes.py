"""Processes beside the one that was started."""

import os
import subprocess
import sys
from pathlib import Path


def test_each_process_beside_this_one_multiplies_by_one_thread(tmp_path: Path) -> None:
    """Two processes with a thread for each core read three times as slowly as one."""
    script = tmp_path / "program.py"
    script.write_text(
        "import os\n"
        "from analysis.processes import process_pool\n"
        "if __name__ == '__main__':\n"
        "    with process_pool(1, 'analysis.loading') as pool:\n"
        "        print(pool.submit(os.getenv, 'OPENBLAS_NUM_THREADS').result())\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, script],
        env={**environment, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "1\n", done.stderr
