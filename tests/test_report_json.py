import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kmigrate import report
from kmigrate.model import SURFACES, Direction, Finding, Outcome, Span, Status
from kmigrate.report.json import as_json
from kmigrate.report.record import FileRecord, RunRecord

SCHEMA = json.loads(Path(report.__file__).with_name("schema.json").read_text(encoding="utf-8"))
DIRECTION = Direction({"keras": (SURFACES["keras@1"], SURFACES["keras@2"])}, SURFACES["keras@3"])


def found(outcome: Outcome, line: int = 1, ignored: bool = False) -> Finding:
    span = Span(line, 4, line, 9)
    return Finding(span, "keras.x", outcome, ("a.b",), "why", "x", "y", ignored)


RUN = RunRecord(
    (
        FileRecord("a/b.py", Status.CHANGED, findings=tuple(map(found, Outcome))),
        FileRecord("c.py", findings=(found(Outcome.KEPT), found(Outcome.FLAGGED, ignored=True))),
        FileRecord("d.py", Status.ERROR, "broken; mend it", 3, 7),
        FileRecord("e.py", Status.REFUSED, "no"),
        FileRecord("f.py", Status.SKIPPED, "a link"),
        FileRecord("g.py", Status.WOULD_CHANGE),
    ),
    DIRECTION,
)


def document(verbose: bool = False) -> Any:
    loaded = json.loads(as_json(RUN, verbose))
    jsonschema.validate(loaded, SCHEMA)
    return loaded


def test_the_schema_is_one_and_is_strict() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    broken = document() | {"surprise": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_totals_add_up_and_ignored_sites_do_not_count() -> None:
    totals = document()["totals"]
    assert totals == {
        "files": 6,
        "changed": 2,
        "references": 6,
        "kept": 2,
        "rewritten": 1,
        "review": 1,
        "flagged": 1,
        "unresolved": 1,
        "errors": 2,
    }
    assert sum(totals[outcome.value] for outcome in Outcome) == totals["references"]


def test_kept_references_are_listed_with_verbose_only() -> None:
    assert [len(file["findings"]) for file in document()["files"]][:2] == [4, 0]
    assert [len(file["findings"]) for file in document(verbose=True)["files"]][:2] == [5, 1]


def test_a_finding_counts_from_one() -> None:
    assert document()["files"][0]["findings"][0] == {
        "rules": ["a.b"],
        "outcome": "rewritten",
        "line": 1,
        "column": 5,
        "end_line": 1,
        "end_column": 10,
        "symbol": "keras.x",
        "before": "x",
        "after": "y",
        "reason": "why",
    }


def test_where_it_came_from_where_it_went_and_what_went_wrong() -> None:
    loaded = document()
    assert (loaded["version"], loaded["from"], loaded["to"]) == (
        1,
        ["keras@1", "keras@2"],
        "keras@3",
    )
    assert [file["error"] for file in loaded["files"]] == [
        None, None, "3:7: broken; mend it", "no", "a link", None,
    ]  # fmt: skip
