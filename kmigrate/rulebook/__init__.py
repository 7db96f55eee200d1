"""The table: `rules/*.toml` read, checked, and indexed for lookups."""
