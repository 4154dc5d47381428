"""The exercises and predictions of chapter 01."""

EXERCISES = ()

QUESTIONS = ()
