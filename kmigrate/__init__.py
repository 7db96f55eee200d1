"""Rewrite Python between the Keras dialects, and prove it by running both sides."""

__version__ = "0.1.0"
