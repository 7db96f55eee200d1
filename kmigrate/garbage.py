"""When Python looks for cycles among objects: seldom, and no more at the end."""

import atexit
import gc

# Syntax trees are many objects without cycles: by default a fifth of a run goes into looking.
_THRESHOLDS = (200_000, 20, 20)


def collect_seldom() -> None:
    """For this process, until it ends; what its end would look through is then left alone."""
    gc.set_threshold(*_THRESHOLDS)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
