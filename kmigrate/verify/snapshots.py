"""Build a snapshot from an environment: `python -m kmigrate.verify.snapshots --python PY --surface S`.

`inside/snapshot.py` sees what there is; here it is decided which of an object's names is the one
it is documented under, and how the file is written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kmigrate.api import FORMAT

INSIDE = Path(__file__).resolve().parent / "inside"
SURFACES = ("keras", "tf.keras", "tf_keras", "tf")
# Where Keras documents a thing that several modules offer, most preferred first.
FACADES = (
    *("layers", "models", "optimizers", "losses", "objectives", "metrics", "callbacks"),
    *("activations", "initializers", "initializations", "regularizers", "constraints", "utils"),
    *("backend", "ops", "random", "applications", "datasets", "preprocessing", "saving", "config"),
)
NOT_A_HOME = frozenset({"engine", "legacy", "saving", "src", "api", "python", "keras"})
OUT_OF_THE_WAY = frozenset({"compat", "experimental", "legacy", "estimator", "engine"})


def look(python: str, surface: str) -> dict[str, Any]:
    """What the interpreter `python` sees. Raises CalledProcessError when it cannot."""
    command = [python, str(INSIDE / "snapshot.py"), surface]
    return dict(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def by_length(path: str) -> tuple[int, int, str]:
    """Short names first."""
    return path.count("."), len(path), path


def rank(path: str, seen: dict[str, Any], surface: str) -> tuple[Any, ...]:
    """How good a name this is for an object; the least is the best."""
    parts = path.split(".")
    lower_first = by_length(path.swapcase())
    aside = sum(part in OUT_OF_THE_WAY for part in parts)
    is_misnamed = parts[-1] != seen["name"]
    if surface == "tf":
        aside += 2 * (parts[0] == "contrib")
        is_other_class = is_misnamed and seen["kind"] == "class"
        is_elsewhere = path.rpartition(".")[0] not in seen["origin"]
        return aside, is_other_class, len(parts), is_misnamed, is_elsewhere, *lower_first
    origin = seen["origin"].split(".")
    home = next((part for part in origin[1:] if part not in NOT_A_HOME), "")
    is_stray = home in FACADES and parts[0] != home
    is_facade = len(parts) == 2 and parts[0] in FACADES
    place = FACADES.index(parts[0]) if is_facade else len(parts)
    is_defined_elsewhere = [*origin[1:], parts[-1]] != parts
    preference = (is_misnamed, is_stray, not is_facade, place, is_defined_elsewhere)
    return path != "Input", aside, *preference, *lower_first


def rows(raw: dict[str, Any]) -> list[list[Any]]:
    """The rows of a snapshot: modules and then objects, by their names."""
    names: dict[str, str] = {}
    for seen in raw["objects"]:
        best = min(seen["paths"], key=lambda path: rank(path, seen, raw["surface"]))
        names.update(dict.fromkeys(seen["paths"], best))
    modules = [module_row(seen, names) for seen in raw["modules"]]
    objects = [object_row(seen, names) for seen in raw["objects"]]
    return [row for kind in (modules, objects) for row in sorted(kind, key=lambda row: str(row[1]))]


def module_row(seen: dict[str, Any], names: Mapping[str, str]) -> list[Any]:
    """Kind, name, aliases, and the names of this API that a star import leaves out."""
    name = seen["paths"][0]
    hidden = [child for child in seen["hidden"] if f"{name}.{child}".lstrip(".") in names]
    return ["module", name, others(seen["paths"], name), hidden]


def object_row(seen: dict[str, Any], names: Mapping[str, str]) -> list[Any]:
    """Kind, name, aliases; for what is called its signature; for a class its bases and members."""
    name = names[seen["paths"][0]]
    row = [seen["kind"], name, others(seen["paths"], name)]
    if seen["kind"] != "value":
        row.append(seen["signature"])
    if seen["kind"] == "class":
        row += [[names[base] for base in seen["bases"]], seen["members"]]
    return row


def others(paths: Sequence[str], name: str) -> list[str]:
    """The names beside `name`, short ones first."""
    return sorted(set(paths) - {name}, key=by_length)


def text(raw: dict[str, Any]) -> str:
    """The snapshot file: one object a line."""
    head = {"format": FORMAT, "surface": raw["surface"], "version": raw["version"]}
    lines = (json.dumps(row, separators=(",", ":")) for row in rows(raw))
    return json.dumps(head)[:-1] + ', "rows": [\n' + ",\n".join(lines) + "\n]}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `SURFACE@VERSION.json` into the folder."""
    parser = argparse.ArgumentParser(prog="kmigrate.verify.snapshots")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has it")
    parser.add_argument("--surface", required=True, choices=SURFACES)
    parser.add_argument("-o", "--output", type=Path, default=Path(), help="folder to write to")
    given = parser.parse_args(arguments)
    raw = look(given.python, given.surface)
    file = given.output / f"{raw['surface']}@{raw['version']}.json"
    file.write_text(text(raw), encoding="utf-8", newline="\n")
    print(file)


if __name__ == "__main__":
    main()
