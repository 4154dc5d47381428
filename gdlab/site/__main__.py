"""Make the static edition:  python -m gdlab.site [folder] [chapters]"""

import argparse
from pathlib import Path

from gdlab.site.pages import build

if __name__ == "__main__":
    parser = argparse.ArgumentParser("python -m gdlab.site", description="Make the web pages.")
    parser.add_argument(
        "folder", nargs="?", default="site", type=Path, help="where to; default: site"
    )
    parser.add_argument("chapters", nargs="*", help="the first digits of a chapter; default: all")
    asked = parser.parse_args()
    build(Path(__file__).resolve().parents[2] / "notebooks", asked.folder, asked.chapters)
