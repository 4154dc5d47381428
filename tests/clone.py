"""Clones of the course for tests of its updates: real git, and nobody's settings."""

import json
import os
import shutil
import subprocess

from conftest import PROJECT

GIT = shutil.which("git")


class Clone:
    """A folder under git, with its chapters at hand: the one that is named, or another."""

    def __init__(self, folder, chapter):
        self.folder, self.chapter = folder, chapter

    def git(self, *arguments, check=True):
        nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        done = subprocess.run(
            [GIT, *names, *arguments],
            cwd=self.folder,
            env=os.environ | nobody,
            capture_output=True,
            text=True,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def status(self):
        return self.git("status", "--porcelain")

    def read(self, chapter=None):
        return json.loads(self.bytes(chapter))

    def bytes(self, chapter=None):
        return (self.folder / (chapter or self.chapter)).read_bytes()

    def write(self, notebook, chapter=None):
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        (self.folder / (chapter or self.chapter)).write_text(text, encoding="utf-8", newline="\n")

    def edit(self, changes, chapter=None):
        """Give cells new sources, by id."""
        notebook = self.read(chapter)
        for cell in notebook["cells"]:
            if cell["id"] in changes:
                cell["source"] = changes[cell["id"]].splitlines(True)
        self.write(notebook, chapter)

    def source(self, cell_id, chapter=None):
        found = [c["source"] for c in self.read(chapter)["cells"] if c["id"] == cell_id]
        return "".join(found[0]) if found else None

    def run(self, chapter=None):
        """Leave a chapter as JupyterLab does that has run it."""
        notebook = self.read(chapter)
        notebook["metadata"]["language_info"] |= {"version": "3.13.1", "file_extension": ".py"}
        for count, cell in enumerate(notebook["cells"], 40):
            cell["metadata"]["scrolled"] = True
            if cell["cell_type"] == "code":
                cell["execution_count"] = count
                cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["0.2 s"]}]
        empty = {"cell_type": "code", "execution_count": None, "id": "f00", "metadata": {}}
        notebook["cells"].append(empty | {"outputs": [], "source": []})
        self.write(notebook, chapter)


def published(folder, *chapters):
    """A repository with these chapters and what git needs to know of them."""
    for name in (".gitattributes", *chapters, "tools/git_clean.py", "tools/git_merge.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    author = Clone(folder, chapters[0])
    author.git("init", "--quiet", "--initial-branch=main")
    author.git("add", ".")
    author.git("commit", "--quiet", "-m", "The course")
    return author
