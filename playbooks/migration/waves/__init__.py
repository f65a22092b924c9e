"""Waves: which systems move in which window, so that few dependencies are cut."""

import os

# Matrices here are small: a second thread of the linear algebra spends more waiting than it saves.
# Heeded only by a process that has not loaded numpy yet.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
