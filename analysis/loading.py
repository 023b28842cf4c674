"""Loaded first by the process from which others are forked: what it loads stays, and holds no garbage."""

import gc

gc.disable()
