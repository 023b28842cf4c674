"""Loaded first by the process from which others are forked: what it loads stays, and holds no garbage."""

import gc
import os

gc.disable()
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each process has a core: threads would take the others'
