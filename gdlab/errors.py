"""One kind of error for readers: a single sentence that says what to do."""


class Advice(ValueError):
    """A mistake in the input, explained in one sentence that says how to mend it.

    In a notebook only the sentence is shown, not the traceback: the cause lies
    in the cell, never inside gdlab.

    >>> raise Advice("lr is -1.0: a learning rate is above 0; try 0.1.")
    Traceback (most recent call last):
    gdlab.errors.Advice: lr is -1.0: a learning rate is above 0; try 0.1.
    """

    def _render_traceback_(self):
        """What IPython prints instead of a traceback."""
        return [str(self)]
