"""The exercises and predictions of chapter 12."""

EXERCISES = ()

QUESTIONS = ()
