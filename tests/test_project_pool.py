import os
import time
import warnings

import pytest

from kmigrate.model import Unreadable
from kmigrate.project.pool import FEW, SHARE, Failure, Workers, worker_count


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


def test_few_files_and_one_worker_stay_in_this_process() -> None:
    assert set(Workers(2).answers(process, range(FEW))) == {os.getpid()}
    assert set(Workers(1).answers(process, range(5 * FEW))) == {os.getpid()}


def test_workers_come_only_where_there_is_work_for_them() -> None:
    assert worker_count(8, SHARE - 1) == 1
    assert worker_count(8, 3 * SHARE) == 4
    assert worker_count(2, 30 * SHARE) == 2
    assert worker_count(None, 1000 * SHARE) == os.cpu_count()


def test_many_files_come_back_in_order_from_the_same_workers() -> None:
    with Workers(2) as workers:
        assert list(workers.answers(double, range(50))) == [2 * number for number in range(50)]
        first, second = (set(workers.answers(process, range(40))) for _ in range(2))
    assert os.getpid() not in first | second
    assert len(first | second) <= 2


def test_a_dying_worker_costs_one_file() -> None:
    with Workers(2) as workers:
        found = list(workers.answers(die_at_thirteen, range(40)))
        assert isinstance(found[13], Failure)
        assert "died" in found[13].reason
        others = [2 * number for number in range(40) if number != 13]
        assert found[:13] + found[14:] == others
        assert list(workers.answers(double, range(9))) == [2 * number for number in range(9)]


@pytest.mark.parametrize("count", [5, 20])
def test_every_trouble_stays_with_its_file(count: int) -> None:
    with Workers(2) as workers:
        found = list(workers.answers(trouble, range(count)))
    assert found[1] == Failure("no", 3, 4)
    assert isinstance(found[2], Failure)
    assert "nested" in found[2].reason
    assert isinstance(found[3], Failure)
    assert "KeyError: 'boom' in test_project_pool.py" in found[3].reason
    assert found[4:] == list(range(4, count))
