"""The exercises and predictions of chapter 10."""

EXERCISES = ()

QUESTIONS = ()
