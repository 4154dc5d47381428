"""The exercises and predictions of chapter 06."""

EXERCISES = ()

QUESTIONS = ()
