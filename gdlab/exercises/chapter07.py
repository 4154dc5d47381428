"""The exercises and predictions of chapter 07."""

EXERCISES = ()

QUESTIONS = ()
