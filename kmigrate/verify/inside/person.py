"""What running a person's own code takes: migrated modules in the place of those on disk, data
beside the program, one function called, training cut short.

Standard library and the files beside it only, Python 3.6 syntax.
"""

import importlib
import importlib.machinery
import linecache
import os
import shutil
import sys
from typing import Any, Callable, Dict, List

Json = Dict[str, Any]

_ASIDE = ("calling", "smoke", "suite")
calling, smoke, suite = (importlib.import_module(name) for name in _ASIDE)
for _name in _ASIDE:
    del sys.modules[_name]

LOADER = importlib.machinery.SourceFileLoader


class Prepared(object):
    """The process as one program of a person's needs it, until `undo`."""

    def __init__(self, program: Json, seed: int, notes: List[str]) -> None:
        self.program, self.seed, self.notes = program, seed, notes
        self.modules, self.folder = set(sys.modules), os.getcwd()
        self.undoing = []  # type: List[Callable[[], None]]
        if program.get("smoke"):
            smoke.install(seed, notes)
        if program.get("overlay"):
            self.undoing.append(_overlay(program["overlay"]))
        _copy(program.get("copies", {}), notes)

    def run(self, module: Any, execute: Callable[[Json, Any], None]) -> None:
        """Run the program, or what of it was asked for."""
        sys.path.extend(self.program.get("roots", []))
        sys.path[:0] = self.program.get("first", [])
        if self.program.get("suite"):
            module.outputs = suite.run(self.program, self.notes)
        elif self.program.get("call"):
            calling.run(self.program, module, execute, self.seed)
        else:
            execute(self.program, module)

    def undo(self) -> None:
        """Leave the process as the next program shall find it."""
        try:
            os.chdir(self.folder)
        except OSError:
            pass  # the program removed it, which the guard notices
        for undo in reversed(self.undoing):
            undo()
        roots = tuple(os.path.join(root, "") for root in self.program.get("roots", []))
        for name in set(sys.modules) - self.modules:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if roots and file.startswith(roots) and "site-packages" not in file:
                del sys.modules[name]


def _overlay(texts: Dict[str, str]) -> Callable[[], None]:
    """Let imports read these texts where the files are; what `inspect` and tracebacks show too."""
    get_code = LOADER.get_code

    def get_migrated(self: Any, fullname: str) -> Any:
        path = self.get_filename(fullname)
        text = texts.get(os.path.realpath(path))
        if text is None:
            return get_code(self, fullname)
        linecache.cache[path] = (len(text), None, text.splitlines(True), path)
        return compile(text, path, "exec", dont_inherit=True)

    def undo() -> None:
        del LOADER.get_code
        for path in texts:
            linecache.cache.pop(path, None)

    LOADER.get_code = get_migrated  # type: ignore
    return undo


def _copy(copies: Dict[str, str], notes: List[str]) -> None:
    """Put copies of files into the working folder: a program may read and write beside itself."""
    try:
        for name, origin in copies.items():
            os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
            if not os.path.lexists(name):
                shutil.copyfile(origin, name)
    except OSError as error:
        notes.append("files beside the program were not copied: %s" % error)
