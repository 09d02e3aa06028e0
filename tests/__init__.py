"""The tests of all layers, one folder each."""

import os

# Before torch is loaded: tests run two at a time, and threads that wait for each other's core spin.
os.environ.setdefault("OMP_NUM_THREADS", "1")
