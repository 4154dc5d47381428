"""The exercises and predictions of chapter 09."""

EXERCISES = ()

QUESTIONS = ()
