"""Packages of other people: their own tests before and after migration."""
