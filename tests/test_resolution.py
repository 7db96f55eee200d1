"""Which names mean what: each way to name something of a library, with a twin that means nothing."""

import pytest
from programs import Case, cases, migrated, tally

NAMES = cases("names")
SCOPES = cases("scopes")
RECEIVERS = cases("receivers")
EVERYTHING = [*NAMES, *SCOPES, *RECEIVERS]


@pytest.mark.parametrize("case", EVERYTHING, ids=str)
def test_a_reference_is_found(case: Case) -> None:
    result = migrated(case.before, **case.given)
    assert result.after == case.after
    assert tally(result) == case.tally


@pytest.mark.parametrize("case", EVERYTHING, ids=str)
def test_its_twin_is_left_alone(case: Case) -> None:
    result = migrated(case.twin, **case.given)
    assert result.after == case.twin
    assert tally(result) == case.twin_tally


def test_every_case_has_a_twin() -> None:
    assert [case.name for case in EVERYTHING if not case.twin.strip()] == []
