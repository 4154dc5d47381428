"""How long `import gdlab` takes, beside NumPy alone.

Each import in a fresh interpreter, one after the other in turn; the median of them.
"""

import statistics
import subprocess
import sys

from benchmarks.setting import table

TIMES = 15
WHAT = ["import numpy", "import gdlab", "from gdlab import labs"]
CLOCK = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"


def seconds(statement):
    """The time of one import in a fresh interpreter, without the interpreter's own start."""
    command = [sys.executable, "-c", CLOCK.format(statement)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main():
    """Measure, and print a table."""
    rounds = [[seconds(statement) for statement in WHAT] for _ in range(TIMES)]
    medians = map(statistics.median, zip(*rounds, strict=True))
    rows = [(what, f"{1000 * time:.0f} ms") for what, time in zip(WHAT, medians, strict=True)]
    table(("statement", "median"), *rows)


if __name__ == "__main__":
    main()
