"""The rules run call by call, before and after, in every way that their samples can be fed."""
