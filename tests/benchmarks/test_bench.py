"""What kmigrate costs beside the import of its own dependencies; `bench.py` tells more."""

from pathlib import Path

import pytest
from bench import ONE_FILE, one_file_ratio


@pytest.mark.slow
def test_a_check_of_one_file_costs_little_more_than_its_imports(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(ONE_FILE, encoding="utf-8")
    found = one_file_ratio(file, 5)
    assert found.ours <= 1.5 * found.theirs + 0.05, str(found)
