"""What a requirement allows, and the smallest change that makes it allow what is needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from kmigrate.project.manifests.specifier import Need, admits, moved, understood

KERAS = Need("keras", "3.15", "3.0")
OLD = Need("tensorflow", "2.10", "2.0", "2.16")

MOVED = [
    ("==2.2.4", "pep508", ">=3.15"),
    ("== 2.2.4", "pep508", ">= 3.15"),
    ("~=2.2", "pep508", ">=3.15"),
    ("<3", "pep508", ">=3.15"),
    ("<=2.3.1,>=2.0", "pep508", ">=3.15"),
    (">=2.0", "pep508", ">=3.15"),
    (">= 2.0", "pep508", ">= 3.15"),
    (">=2.0, <4", "pep508", ">=3.15, <4"),
    (">2,!=3.16.0", "pep508", ">=3.15,!=3.16.0"),
    ("!=2.3", "pep508", ">=3.15,!=2.3"),
    ("===2.2.4-custom", "pep508", ">=3.15"),
    ("^2.2", "keyed", ">=3.15"),
    ("~2.2", "keyed", ">=3.15"),
    ("2.2.4", "keyed", ">=3.15"),
    ("=2.2.4=py36_0", "conda", ">=3.15"),
    ("=2", "conda", ">=3.15"),
]
STAYS = [
    ("", "pep508"),
    ("*", "keyed"),
    ("==3.5.0", "pep508"),
    ("===3.5.0", "pep508"),
    ("~=3.3", "pep508"),
    (">=3.0,<3.6", "pep508"),
    (">=3.15", "pep508"),
    ("==3.*", "pep508"),
    ("^3.1", "keyed"),
    ("=3.5", "conda"),
]
ODD = [("==2.2.x", "pep508"), ("^2 || ^3", "keyed"), ("2.2|2.3", "conda"), ("^two", "keyed")]


@pytest.mark.parametrize(("spec", "style", "after"), MOVED)
def test_what_lets_old_versions_in_moves(spec: str, style: str, after: str) -> None:
    assert moved(spec, style, KERAS) == after
    assert moved(after, style, KERAS) == after


@pytest.mark.parametrize(("spec", "style"), STAYS)
def test_what_lets_only_new_versions_in_stays(spec: str, style: str) -> None:
    assert moved(spec, style, KERAS) == spec


@pytest.mark.parametrize(("spec", "style"), ODD)
def test_what_is_not_understood_is_not_touched(spec: str, style: str) -> None:
    assert moved(spec, style, KERAS) is None


def test_an_upper_bound_of_the_target_is_written() -> None:
    assert moved("==1.15", "pep508", OLD) == ">=2.10,<2.16"
    assert moved(">=1.4", "pep508", OLD) == ">=2.10,<2.16"
    assert moved(">=1.4,<2.12", "pep508", OLD) == ">=2.10,<2.12"
    assert moved("==2.4.1", "pep508", OLD) == "==2.4.1"


RANGES = [
    ("^2.2", ">=2.2,<3"),
    ("^0.3.1", ">=0.3.1,<0.4"),
    ("~2.2.4", ">=2.2.4,<2.3"),
    ("~2", ">=2,<3"),
]


@pytest.mark.parametrize(("said", "meant"), RANGES)
def test_ranges_of_poetry_are_those_of_its_manual(said: str, meant: str) -> None:
    assert understood(said, "keyed") == SpecifierSet(meant)


VERSIONS = st.builds("{}.{}".format, st.integers(0, 4), st.integers(0, 20))
CLAUSES = st.builds(
    "{}{}".format, st.sampled_from(["==", ">=", ">", "<", "<=", "!=", "~="]), VERSIONS
)


@given(st.lists(CLAUSES, min_size=1, max_size=3), st.sampled_from([KERAS, OLD]))
def test_nothing_too_old_or_too_new_is_ever_let_in(clauses: list[str], need: Need) -> None:
    after = moved(",".join(clauses), "pep508", need)
    assert after is not None
    allowed = SpecifierSet(after)
    versions = [f"{major}.{minor}" for major in range(5) for minor in range(25)]
    taken = {v for v in versions if allowed.contains(v)}
    assert all(admits(SpecifierSet(f"=={v}"), need.floor, need.high) for v in taken)
    assert taken
    assert moved(after, "pep508", need) == after
