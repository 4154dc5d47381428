"""Write requirements.lock: the versions a fresh environment gets today, to be tested and kept.

Run it with ``make lock``. torch is not moved by it: change TORCH to do that.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TORCH = "torch==2.13.0"

HEADER = """\
# The versions this project was tested with. Written by `make lock`, never by hand.
# pyproject.toml has the ranges; packages that only one system needs follow from those.
"""

# torch asks for these itself where there is an NVIDIA card.
CUDA = re.compile(r"(nvidia|cuda|triton)")
POSIX = re.compile(r"(pexpect|ptyprocess)==")


def locked(freeze: str) -> list[str]:
    """The lines of the lock for what ``pip freeze`` printed.

    >>> locked("numpy==2.4.6\\ntorch==2.13.0+cpu\\ntriton==3.5\\nptyprocess==0.7.0")
    ['numpy==2.4.6', 'torch==2.13.0', 'ptyprocess==0.7.0 ; sys_platform != "win32"']
    """
    lines = []
    for line in freeze.splitlines():
        if CUDA.match(line):
            continue
        pin = line.partition("+")[0]  # 2.13.0+cpu names one build, the lock is for all
        lines.append(f'{pin} ; sys_platform != "win32"' if POSIX.match(pin) else pin)
    return lines


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        TORCH,
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["test"],
    ]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "Scripts" if sys.platform == "win32" else "bin", "python")
        subprocess.run([python, "-m", "pip", "install", *wanted], check=True)
        freeze = subprocess.run(
            [python, "-m", "pip", "freeze"], check=True, capture_output=True, text=True
        ).stdout
    lock = HEADER + "\n".join(locked(freeze)) + "\n"
    (ROOT / "requirements.lock").write_text(lock, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
