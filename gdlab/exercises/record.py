"""What a reader has done so far: one small file of their own, which never leaves their machine.

A fact is a line, and a new fact is one line appended in one piece: two kernels that write at the
same moment lose nothing, and there is nothing to lock.
"""

import json
import os
from functools import lru_cache
from pathlib import Path

import platformdirs

PLACE = "GDLAB_PROGRESS"  # an environment variable: another file, or "off" to keep nothing


class Record:
    """The facts about one reader: {(what, key): value}, such as {("solved", "02.1"): True}.

    Arguments: path of the file; None to keep nothing. It never raises: where the file cannot be
    read or written, the facts last as long as this object, and `news()` has a sentence about it.

    >>> nothing = Record(None)
    >>> nothing.add("solved", "02.1")
    >>> nothing.facts()
    {}
    """

    def __init__(self, path):
        self.path = path
        self._unsaved, self._news, self._told = {}, [], set()

    def facts(self):
        """All that is known, the latest value of each fact."""
        if self.path is None:
            return {}
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            lines = []
        except OSError as error:
            self._tell(f"Your progress cannot be read ({error.strerror}); it begins anew.")
            lines = []
        read = [(line, _fact(line)) for line in lines if line.strip()]
        if not all(fact for _, fact in read):
            self._set_aside([line for line, fact in read if fact])
        return dict(fact for _, fact in read if fact) | self._unsaved

    def add(self, what, key, value=True):
        """Remember a fact; one that is known already costs no writing."""
        if self.path is None or self.facts().get((what, key)) == value:
            return
        try:
            self._append([json.dumps([what, key, value], ensure_ascii=False).encode()])
        except OSError as error:
            self._unsaved[what, key] = value
            self._tell(
                f"Your progress cannot be kept in {self.path.parent} ({error.strerror}): "
                "it lasts until this kernel stops."
            )

    def forget(self):
        """Erase the file, and what was set aside of it."""
        self._unsaved.clear()
        try:
            for path in [self.path, *self._damaged()] if self.path else []:
                path.unlink(missing_ok=True)
        except OSError as error:
            self._tell(f"{self.path} cannot be erased ({error.strerror}): delete it by hand.")

    def news(self):
        """What went wrong with the file since the last call, in sentences; each is told once."""
        news, self._news = self._news, []
        return news

    def _tell(self, sentence):
        if sentence not in self._told:
            self._told.add(sentence)
            self._news.append(sentence)

    def _append(self, lines):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab", buffering=0) as file:
            file.write(b"".join(line + b"\n" for line in lines))

    def _damaged(self):
        return sorted(self.path.parent.glob(f"{self.path.stem}.damaged*{self.path.suffix}"))

    def _set_aside(self, good):
        """Keep a damaged file under another name, and go on with the lines that can be read."""
        name = f"{self.path.stem}.damaged{len(self._damaged()) or ''}{self.path.suffix}"
        try:
            os.replace(self.path, self.path.with_name(name))
            self._append(good)
        except OSError:
            return  # another kernel was quicker, or nothing can be written here
        self._tell(f"Your progress file was damaged; what could be read is kept. See {name}.")


def _fact(line):
    """((what, key), value) from a line of the file; None if it is none."""
    try:
        what, key, value = json.loads(line)
    except (ValueError, TypeError):
        return None
    return ((what, key), value) if isinstance(what, str) and isinstance(key, str) else None


def kept():
    """The record of whoever runs this kernel.

    It lies in the reader's own data folder, beside nobody else's, or where the environment
    variable GDLAB_PROGRESS says; "off" keeps nothing, as rendering and tests want it.
    """
    return _record(os.environ.get(PLACE, ""))


@lru_cache
def _record(place):
    if place == "off":
        return Record(None)
    own = platformdirs.user_data_path("gdlab", appauthor=False) / "progress.jsonl"
    return Record(Path(place) if place else own)
