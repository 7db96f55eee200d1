"""Results in, text out: diff, JSON and the summary."""
