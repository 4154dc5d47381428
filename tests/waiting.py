"""Waiting for what a thread does."""

import time


def wait_until(ready, patience=60):
    """Return when `ready()` is true; it sleeps, as a busy wait keeps the GIL from the thread."""
    end = time.monotonic() + patience  # seconds
    while not ready():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.001)
