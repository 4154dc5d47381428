"""The exercises and predictions of chapter 11."""

EXERCISES = ()

QUESTIONS = ()
