"""A whole tree: discovery, the cross-file index, the worker processes, the writing."""
