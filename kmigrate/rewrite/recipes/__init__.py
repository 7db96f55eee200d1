"""Rewrites that no row can say, one function a file; their number is capped by a test."""
