"""Requirement files of every kind: where their requirements stand, and what those become."""
