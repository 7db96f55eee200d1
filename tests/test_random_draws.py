"""Whole numbers are drawn by another function of Keras 3 than fractions."""

import pytest
from programs import migrated

HEAD = "from keras import backend as K\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "K.random_uniform(s, 0, 9, dtype='int32')",
            "randint(s, minval=0, maxval=9, dtype='int32')",
        ),
        ("K.random_uniform(s, 0., 1.)", "uniform(s, minval=0., maxval=1.)"),
        ("K.random_uniform(s)", "uniform(s)"),
    ],
)
def test_the_kind_of_number_decides(before: str, expected: str) -> None:
    result = migrated(f"{HEAD}a = {before}\n", source="keras@2.2.4")
    assert result.after == f"from keras import random\na = random.{expected}\n"
