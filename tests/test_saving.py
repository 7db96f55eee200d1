"""What one side saved is read by the other, or fails as it is known to fail.

The outcomes of an environment that is not here are those that were recorded beside the fixture;
`live` reads the recorded files again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kmigrate.verify.fixtures import FOLDER, PLANTED, load_fixture
from kmigrate.verify.recording import interpreters
from kmigrate.verify.run import Program, run
from kmigrate.verify.saving import Reading, observe_readings, readings, recorded_readings

pytest.importorskip("numpy")
FIXTURES = [load_fixture(path.parent) for path in sorted(FOLDER.glob("saving/*/read"))]
READINGS = [reading for fixture in FIXTURES for reading in readings(fixture)]
ENVIRONMENTS = sorted({reading.environment for reading in READINGS})


def name_of(reading: Reading) -> str:
    return f"{reading.fixture.name} {reading.name}"


@pytest.mark.parametrize("reading", READINGS, ids=name_of)
def test_recorded_files_are_read_as_expected(reading: Reading) -> None:
    recorded = recorded_readings(reading.fixture)
    assert reading.name in recorded, "run python -m kmigrate.verify.recording"
    found = reading.compare(recorded[reading.name])
    assert reading.holds(found), f"{found.verdict}: {found.reason}"


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_live_readers_come_to_what_is_recorded(environment: str) -> None:
    python = interpreters().get(environment)
    if python is None:
        pytest.skip(f"no interpreter for {environment}: its recorded outcomes were compared")
    observed = observe_readings(READINGS, environment, python)
    wrong = {}
    for reading in READINGS:
        if reading.environment == environment:
            found = reading.compare(observed[reading.fixture.name][reading.name])
            if not reading.holds(found):
                wrong[name_of(reading)] = f"{found.verdict}: {found.reason}"
    assert wrong == {}


def test_weights_alone_are_read_by_every_generation() -> None:
    found = [reading for reading in READINGS if reading.fixture.name == "saving/weights"]
    dialects = {"keras1", "keras2", "tfkeras2", "tf_keras", "keras3"}
    assert {(reading.writer, reading.reader) for reading in found} >= {
        (writer, reader) for writer in dialects for reader in dialects
    }
    assert {reading.verdict for reading in found if reading.writer != PLANTED} == {None}


def test_every_concept_has_a_planted_file() -> None:
    planted = {reading.fixture.name for reading in READINGS if reading.writer == PLANTED}
    assert planted == {fixture.name for fixture in FIXTURES}


def test_a_row_for_nothing_and_two_rows_for_one_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "saving" / "json"
    shutil.copytree(FOLDER / "saving" / "json", folder)
    row = "\n[[read]]\nwriters = ['{}']\nreaders = ['keras3']\nverdict = 'failed'\nreason = 'a'\n"
    settings = folder / "fixture.toml"
    right = settings.read_text()
    for writer, message in (("keras1", "has 2 rows"), ("tf", "nothing is read")):
        settings.write_text(right + row.format(writer))
        with pytest.raises(ValueError, match=message):
            readings(load_fixture(folder))


WRITES = """
import os
os.makedirs("folder/deep")
for name in ("plain", "folder/deep/inner"):
    with open(name, "wb") as stream:
        stream.write(name.encode() * 3)
files = ["plain", "folder"]
outputs = ["files"]
"""


def test_files_travel_from_one_program_to_another(tmp_path: Path) -> None:
    written = run([Program("w", WRITES, tmp_path / "w.py", keep_files=True)])["w"]
    assert written.files == {"plain": b"plain" * 3, "folder/deep/inner": b"folder/deep/inner" * 3}
    text = "text = open('folder/deep/inner').read()\noutputs = ['text']"
    read = run([Program("r", text, tmp_path / "r.py", files=written.files)])["r"]
    assert read.values["text"].texts == ("folder/deep/inner" * 3,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("files = ['missing']", "No such file"),
        ("open('f', 'wb').write(b'x' * (5 << 20))\nfiles = ['f']", "more than 4 MB"),
    ],
)
def test_files_that_cannot_be_kept_are_a_failure(tmp_path: Path, text: str, says: str) -> None:
    failure = run([Program("w", text, tmp_path / "w.py", keep_files=True)])["w"].failure
    assert failure is not None
    assert says in failure.message


def test_a_list_called_files_is_nobodys_business_unasked(tmp_path: Path) -> None:
    observed = run([Program("w", "files = ['missing']", tmp_path / "w.py")])["w"]
    assert (observed.failure, observed.files) == (None, {})
