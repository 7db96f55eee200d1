"""Programs that run in another environment's interpreter: stdlib only, Python 3.6 syntax."""
