"""Requirements moved to what the target needs: spans of names and specifiers, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from packaging.markers import InvalidMarker, Marker
from packaging.version import Version

from kmigrate.model import Outcome
from kmigrate.project.manifests.items import Item, normal
from kmigrate.project.manifests.known import known
from kmigrate.project.manifests.needs import Needs, least
from kmigrate.project.manifests.specifier import Need, admits, moved, understood
from kmigrate.report.record import Pin

_OLD_PYTHON = "{} needs Python {} or newer"
_POETRY = "Poetry takes only what runs on every Python named here, and {} needs {} or newer"
_MARKER = "the condition behind it keeps it from every Python that {} runs on ({} or newer)"
_NO_GPU = "`tensorflow-gpu` was given up; `tensorflow[and-cuda]` brings CUDA along on Linux"
_PYTHONS = tuple(f"3.{minor}" for minor in range(9, 20))
_VARIABLE = re.compile(r"\b[a-z]+_[a-z_]+\b|\bextra\b")
_ODD = "this form is not understood; the migrated code needs {}"
_IN_KERAS = "nothing here imports it and Keras has what it held; the requirement may go"
_OWN_KERAS = (
    "TensorFlow brings its own Keras, which this version keeps out; delete this requirement"
)
_BACKEND = (
    "Keras 3 brings no backend: have TensorFlow {} or newer, JAX or PyTorch installed beside it"
)


@dataclass(slots=True)
class Moves:
    """What becomes of the requirements of one text.

    `words` are those of the migrated code. `may_add` says whether a backend may
    be added to this file: one that describes an environment, not a package.
    """

    needs: Needs
    words: frozenset[str]
    may_add: bool = False
    pins: list[Pin] = field(default_factory=list)
    _edits: list[tuple[int, int, str]] = field(default_factory=list)
    _added: set[str] = field(default_factory=set)

    def apply(self, text: str, items: Iterable[Item]) -> str:
        """The text with its requirements moved; `pins` tell which."""
        for item in items:
            for pin in self._pins(text, item):
                self.pins.append(pin)
        for start, end, new in sorted(self._edits, reverse=True):
            text = text[:start] + new + text[end:]
        self._edits.clear()
        return text

    def _pins(self, text: str, item: Item) -> Iterator[Pin]:
        line, before = text.count("\n", 0, item.whole[0]) + 1, text[slice(*item.whole)]
        spec = text[slice(*item.spec)]
        if item.is_python:
            if reason := self._python(item, spec):
                yield Pin(line, Outcome.FLAGGED, before, reason=reason)
            return
        name = normal(text[slice(*item.name)])
        package, need = self.needs.of(name)
        if need is None or name in self.needs.surplus:
            if told := self._beside(name, item, spec):
                yield Pin(line, told[0], before, reason=told[1])
            return
        new = need_text(need) if _is_another(name, package) and spec not in ("", "*") else None
        new = moved(spec, item.style, need) if new is None else new
        sealed = item.sealed or self._excluded(item)
        if new is None or (sealed and (new, package) != (spec, name)):
            reason = sealed or _ODD.format(f"{package}{need_text(need)}")
            yield Pin(line, Outcome.FLAGGED, before, reason=reason)
            return
        if (new, package) != (spec, name):
            after = self._edit(text, item, package if package != name else "", new)
            said = _NO_GPU if name == "tensorflow-gpu" and item.style != "conda" else ""
            yield Pin(line, Outcome.REWRITTEN, before, after, said)
        yield from self._more(line, item, package, new != spec)

    def _edit(self, text: str, item: Item, package: str, spec: str) -> str:
        """Ask for the edits of one requirement; the requirement as it will be."""
        start, end = item.whole
        edits = [(*item.spec, spec)] + ([(*item.name, package)] if package else [])
        after = text[start:end]
        for first, last, new in sorted(edits, reverse=True):
            after = after[: first - start] + new + after[last - start :]
        if item.is_word and re.search("[<>]", after):
            edits = [(start, end, f'"{after}"')]
        self._edits += edits
        return after

    def _more(self, line: int, item: Item, package: str, is_moved: bool) -> Iterator[Pin]:
        """What has to stand beside a requirement, once in a file."""
        for name in self.needs.missing:
            behind = "tensorflow" if name == "tf-keras" else "keras"
            if name in self._added or package.removesuffix("-cpu") != behind:
                continue
            need, (place, form) = self.needs.packages[name], item.beside
            if name == "tensorflow" and not is_moved:
                continue
            self._added.add(name)
            after = f"{name}{need_text(need)}"
            if name == "tensorflow" and not self.may_add:
                yield Pin(line, Outcome.KEPT, after, reason=_BACKEND.format(least("tensorflow")))
            elif place < 0 or item.sealed:
                yield Pin(line, Outcome.FLAGGED, after, reason="required nowhere yet; add it")
            else:
                new = form.replace("{}", after).replace("{name}", name)
                self._edits.append((place, place, new.replace("{spec}", need_text(need))))
                yield Pin(line, Outcome.REWRITTEN, "", after)

    def _python(self, item: Item, spec: str) -> str:
        allowed = understood(spec, item.style)
        if allowed is None or not self.needs.is_modern or not len(allowed):
            return ""
        package, least = self.needs.python
        if not admits(allowed, least):
            return _OLD_PYTHON.format(package, least)
        is_poetry = item.style == "keyed"
        return _POETRY.format(package, least) if is_poetry and admits(allowed, "0", least) else ""

    def _excluded(self, item: Item) -> str:
        """Why a requirement never counts: what it asks of Python behind its semicolon."""
        package, least = self.needs.python
        if not package or set(_VARIABLE.findall(item.condition)) != {"python_version"}:
            return ""
        try:
            marker = Marker(item.condition)
        except InvalidMarker:
            return ""
        pythons = (python for python in _PYTHONS if Version(python) >= Version(least))
        holds = any(marker.evaluate({"python_version": python}) for python in pythons)
        return "" if holds else _MARKER.format(package, least)

    def _beside(self, name: str, item: Item, spec: str) -> tuple[Outcome, str] | None:
        """What there is to say about a package that nothing is needed of."""
        if name in self.needs.surplus and spec not in ("", "*"):
            return Outcome.FLAGGED, _OWN_KERAS
        if name in known()["gone"]:
            return Outcome.FLAGGED, str(known()["gone"][name])
        if known()["inside_keras"].get(name, "") not in ("", *self.words):
            return Outcome.KEPT, _IN_KERAS
        bound = known()["beside_tensorflow"].get(name)
        allowed = understood(spec, item.style) if bound and spec and self.needs.is_modern else None
        if allowed is None or admits(allowed, bound):
            return None
        package = f"TensorFlow {self.needs.packages['tensorflow'].low}"
        return Outcome.FLAGGED, f"{package} needs {name} {bound} or newer"


def need_text(need: Need) -> str:
    """The specifier of a need."""
    return f">={need.low}" + (f",<{need.high}" if need.high else "")


def _is_another(name: str, package: str) -> bool:
    """Versions of the one say nothing of the other, but where only a name was given up."""
    return name != package and not name.startswith(package)
