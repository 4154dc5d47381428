"""The exercises and predictions of chapter 04."""

EXERCISES = ()

QUESTIONS = ()
