"""Print the four ratios that kmigrate promises to keep, each beside its limit.

    python tests/benchmarks/bench.py [--keras TREE] [--plain TREE] [--rounds N]

Both sides of a ratio run in turns, each in a process of its own, one job; what counts is the time
on the processor, the best of N. Bytecode is kept, as it is after an installation.
Without --keras the wheel of Keras 2.2.4 is downloaded; without --plain, which names a tree that
mentions none of the libraries, the standard library is copied. Exits 1 when a limit is passed.
"""

from __future__ import annotations

import argparse
import atexit
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAIN = "import sys; from kmigrate.cli import main; sys.exit(main())"
PARSE_ALL = """
import pathlib, sys, libcst
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    libcst.parse_module(path.read_bytes()).code
"""
READ_ALL = """
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith((".py", ".pyi")):
            with open(os.path.join(folder, name), "rb") as file:
                file.read()
"""
ONE_FILE = """\
from keras import backend as K
from keras.layers.core import Dense


def loss(truth, guess):
    return K.mean(K.square(truth - guess))


layer = Dense(3)
"""


@dataclass(frozen=True)
class Ratio:
    """Seconds of ours against seconds of theirs, and what the quotient may be."""

    what: str
    ours: float
    theirs: float
    limit: float

    @property
    def value(self) -> float:
        return self.ours / self.theirs

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "TOO SLOW"
        return (
            f"{self.value:6.2f}  limit {self.limit:.1f}  {verdict:8}  {self.what}"
            f"  ({self.ours:.3f} s against {self.theirs:.3f} s)"
        )


def used() -> float:
    """Seconds on the processor of all processes that ended; a busy machine does not add to them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds(command: list[str], allowed: tuple[int, ...] = (0,)) -> float:
    start = used()
    done = subprocess.run(
        command, capture_output=True, stdin=subprocess.DEVNULL, check=False, env=environment()
    )
    elapsed = used() - start
    if done.returncode not in allowed or b"Traceback" in done.stderr:
        raise SystemExit(f"{command[1:]} ended with {done.returncode}: {done.stderr.decode()}")
    return elapsed


@cache
def environment() -> dict[str, str]:
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    kept = tempfile.TemporaryDirectory(prefix="kmigrate-bench-bytecode-")
    atexit.register(kept.cleanup)
    return {**variables, "PYTHONPYCACHEPREFIX": kept.name}


def best(rounds: int, *timers: Callable[[], float]) -> list[float]:
    """The best time of each timer, run in turns; a first round warms the caches."""
    times = [[timer() for timer in timers] for _ in range(rounds + 1)][1:]
    return [min(column) for column in zip(*times, strict=True)]


def python(*arguments: str) -> Callable[[], float]:
    return lambda: seconds([sys.executable, "-c", *arguments])


def kmigrate(*arguments: str) -> Callable[[], float]:
    return lambda: seconds([sys.executable, "-c", MAIN, *arguments], allowed=(0, 1, 2))


def dry_run(tree: Path) -> Callable[[], float]:
    return kmigrate("apply", str(tree), "--dry-run", "--to", "keras", "--jobs", "1", "--quiet")


def keras_ratio(tree: Path, rounds: int) -> Ratio:
    ours, theirs = best(rounds, dry_run(tree), python(PARSE_ALL, str(tree)))
    return Ratio("dry run over Keras 2.2.4 : LibCST parse and write of it", ours, theirs, 1.0)


def plain_ratio(tree: Path, empty: Path, rounds: int) -> Ratio:
    timers = (dry_run(tree), dry_run(empty), python(READ_ALL, str(tree)), python("pass"))
    ours, start, theirs, bare = best(rounds, *timers)
    what = "dry run over a tree without Keras : reading its bytes (start-up taken off both)"
    return Ratio(what, ours - start, theirs - bare, 2.0)


def version_ratio(rounds: int) -> Ratio:
    ours, theirs = best(rounds, kmigrate("--version"), python("import typer"))
    return Ratio("kmigrate --version : import typer", ours, theirs, 1.7)


def one_file_ratio(file: Path, rounds: int) -> Ratio:
    ours, theirs = best(rounds, kmigrate("check", str(file)), python("import typer, libcst"))
    return Ratio("check of one file : import typer, libcst", ours, theirs, 1.5)


def keras_tree(given: Path | None, scratch: Path) -> Path:
    if given is not None:
        return given
    options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--dest", str(scratch)]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, "keras==2.2.4"], check=True)
    (wheel,) = scratch.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(scratch / "keras-2.2.4")
    return scratch / "keras-2.2.4"


def plain_tree(given: Path | None, scratch: Path) -> Path:
    if given is not None:
        return given
    skip = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "*.so", "*.a")
    shutil.copytree(sysconfig.get_path("stdlib"), scratch / "stdlib", ignore=skip, symlinks=True)
    return scratch / "stdlib"


def measure(keras: Path | None, plain: Path | None, rounds: int) -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="kmigrate-bench-") as folder:
        scratch = Path(folder)
        one_file = scratch / "one" / "model.py"
        one_file.parent.mkdir()
        one_file.write_text(ONE_FILE, encoding="utf-8")
        (scratch / "empty").mkdir()
        # The tree has a .gitignore too: to import what reads it is a part of the start-up.
        (scratch / "empty" / ".gitignore").write_text("/build/*.py\n", encoding="utf-8")
        yield version_ratio(2 * rounds)
        yield one_file_ratio(one_file, 2 * rounds)
        yield plain_ratio(plain_tree(plain, scratch), scratch / "empty", 2 * rounds)
        yield keras_ratio(keras_tree(keras, scratch), rounds)


def main() -> int:
    parser = argparse.ArgumentParser(description="Print the ratios that kmigrate promises to keep.")
    parser.add_argument("--keras", type=Path, help="the tree of Keras 2.2.4")
    parser.add_argument("--plain", type=Path, help="a tree that mentions none of the libraries")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    ratios = []
    for ratio in measure(arguments.keras, arguments.plain, arguments.rounds):
        print(ratio, flush=True)
        ratios.append(ratio)
    return int(any(ratio.value > ratio.limit for ratio in ratios))


if __name__ == "__main__":
    raise SystemExit(main())
