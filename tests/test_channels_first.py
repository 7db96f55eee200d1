"""Keras 1 flattened the axes in their order; today's moves the channels behind the others first."""

import pytest
from programs import migrated

from kmigrate.model import Outcome

FLATTEN = "from keras.layers import Flatten\nx = Flatten()\n"
SET = "from keras import backend as K\nK.set_image_dim_ordering('th')\n"


@pytest.mark.parametrize("to", ["keras", "tf_keras"])
def test_flatten_keeps_the_order_where_channels_come_first(to: str) -> None:
    result = migrated(SET + FLATTEN, source="keras@1", to=to)
    assert "x = Flatten(data_format='channels_last')\n" in (result.after or "")
    (said,) = (one for one in result.findings if "layers.Flatten.data_format" in one.rules)
    assert said.outcome is Outcome.REVIEW


@pytest.mark.parametrize(
    ("text", "source"), [(FLATTEN, "keras@1"), (SET + FLATTEN, "keras@2.2.4"), (FLATTEN, "auto")]
)
def test_flatten_stays_where_nothing_sets_the_order(text: str, source: str) -> None:
    assert (migrated(text, source=source).after or text).endswith("x = Flatten()\n")
