"""The exercises and predictions of chapter 08."""

EXERCISES = ()

QUESTIONS = ()
