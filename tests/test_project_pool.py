import os
import time
import warnings

import pytest

from kmigrate.model import Unreadable
from kmigrate.project.pool import FEW, Failure, answers


def double(number: int) -> int:
    time.sleep(0.002 * (number % 3))
    return 2 * number


def die_at_thirteen(number: int) -> int:
    if number == 13:
        os._exit(1)
    return 2 * number


def trouble(number: int) -> int:
    if number == 1:
        raise Unreadable("no", 3, 4)
    if number == 2:
        return trouble(number)
    if number == 3:
        raise KeyError("boom")
    warnings.warn("never seen", SyntaxWarning, stacklevel=1)
    return number


def process(number: int) -> int:
    return os.getpid()


def test_few_files_and_one_job_stay_in_this_process() -> None:
    assert set(answers(process, range(FEW), None)) == {os.getpid()}
    assert set(answers(process, range(5 * FEW), 1)) == {os.getpid()}


def test_many_files_come_back_in_order_from_workers() -> None:
    assert list(answers(double, range(50), 2)) == [2 * number for number in range(50)]
    assert os.getpid() not in set(answers(process, range(20), 2))


def test_a_dying_worker_costs_one_file() -> None:
    found = list(answers(die_at_thirteen, range(40), 2))
    assert isinstance(found[13], Failure)
    assert "died" in found[13].reason
    assert found[:13] + found[14:] == [2 * number for number in range(40) if number != 13]


@pytest.mark.parametrize("count", [5, 20])
def test_every_trouble_stays_with_its_file(count: int) -> None:
    found = list(answers(trouble, range(count), 2))
    assert found[1] == Failure("no", 3, 4)
    assert isinstance(found[2], Failure)
    assert "nested" in found[2].reason
    assert isinstance(found[3], Failure)
    assert "KeyError: 'boom' in test_project_pool.py" in found[3].reason
    assert found[4:] == list(range(4, count))
