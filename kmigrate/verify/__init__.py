"""Run a program before and after, in the interpreters of both sides, and compare."""
