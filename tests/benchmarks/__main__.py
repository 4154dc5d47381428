"""`make bench` runs them all, `make bench ARGS=latency` runs one."""

import sys
from importlib import import_module

ALL = ("import_time", "latency", "frames", "training", "fast", "accelerator")

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"there is no benchmark {name}; there are: {', '.join(ALL)}")
    benchmark = import_module(f"benchmarks.{name}")
    print(f"\n{benchmark.__doc__.splitlines()[0]}\n", flush=True)
    benchmark.main()
