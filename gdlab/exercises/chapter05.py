"""The exercises and predictions of chapter 05."""

EXERCISES = ()

QUESTIONS = ()
