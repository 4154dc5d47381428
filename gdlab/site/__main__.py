"""Make the static edition:  python -m gdlab.site [folder] [chapters]"""

import sys
from pathlib import Path

from gdlab.site.pages import build

if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    build(Path(__file__).resolve().parents[2] / "notebooks", folder, sys.argv[2:])
