"""What `**kwargs` may hide: an argument that is left out matters where the file names it."""

import pytest
from programs import migrated

from kmigrate.model import Outcome

LAYER = """from tensorflow.keras import layers
class Own(layers.Layer):
  def __init__(self, units{0}, **kwargs):
    super().__init__({1}**kwargs)
"""


def flagged(text: str) -> int:
    findings = migrated(text, source="tf.keras@2.15").findings
    return sum(finding.outcome is Outcome.FLAGGED for finding in findings)


@pytest.mark.parametrize(
    ("parameter", "before", "behind", "expected"),
    [
        ("", "", "", 0),
        ("", "", "Own(3, name='a')", 0),
        ("", "", "Own(3, dynamic=True)", 1),
        ("", "", "k = {'dynamic': True}\nOwn(3, **k)", 1),
        (", dynamic=False", "", "", 1),
        (", *args", "*args, ", "", 1),
    ],
)
def test_what_nobody_gives_is_not_hidden(
    parameter: str, before: str, behind: str, expected: int
) -> None:
    assert flagged(LAYER.format(parameter, before) + behind) == expected
