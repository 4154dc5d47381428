"""What a lab with several methods adds: a list to choose from."""

from gdlab.formatting import display_name
from gdlab.labs.controls import Choice


def by_words(method):
    """One method, or a list of them, by their names in words.

    >>> from gdlab import optimizers
    >>> list(by_words([optimizers.adam, optimizers.heavy_ball]))
    ['Adam', 'heavy ball']
    """
    several = method if isinstance(method, (list, tuple)) else [method]
    return {display_name(getattr(m, "__name__", "your method")): m for m in several}


class SeveralMethods:
    """For a `DescentLab` whose `methods` map words to methods; the first one is shown first."""

    word = "method"

    def _more_rows(self):
        if len(self.methods) < 2:
            return []
        self.menu = Choice("", self.word, self.methods, self._new_method)
        return [self.menu]

    def choose(self, method):
        """Take another of the lab's methods, as a reader would in the list."""
        self.menu.menu.value = method

    def _new_method(self, choice):
        self.method = choice.value
        self.stage.title = self._title()
        self._last_change = 0.0  # so that the run before stays, pale
        self.changed(None)
