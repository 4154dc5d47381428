"""The exercises and predictions of chapter 03."""

EXERCISES = ()

QUESTIONS = ()
