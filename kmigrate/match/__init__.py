"""Deciding: references against the table, each with its outcome and its reason."""
