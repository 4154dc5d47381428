"""`make bench` runs them all, `make bench ARGS=latency` runs one."""

import sys

from benchmarks import frames, import_time, latency

ALL = {"import_time": import_time, "latency": latency, "frames": frames}

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"there is no benchmark {name}; there are: {', '.join(ALL)}")
    print(f"\n{ALL[name].__doc__.splitlines()[0]}\n", flush=True)
    ALL[name].main()
