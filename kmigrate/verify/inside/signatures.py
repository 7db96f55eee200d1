"""Signatures and members as short texts, as the real packages give them through their decorators.

Standard library only, Python 3.6 syntax, imports nothing of kmigrate.
"""

import inspect
import re
from typing import Any, Callable, Iterable, List, Optional

PYTHONS_OWN = ("builtins", "typing", "abc")
PASSED_ON = re.compile(r"return self\.(\w+)\(\*args, \*\*kwargs\)\s*$")


def default_text(value: Any) -> str:
    """A default as source text; `<name>` where it is no literal."""
    if value is None or type(value) in (bool, str, bytes):
        return ascii(value)
    if type(value) in (int, float):
        return repr(value) if value == value and abs(value) != float("inf") else "<%r>" % value
    if type(value) in (tuple, list):
        inner = [default_text(item) for item in value]
        if not any(text.startswith("<") for text in inner):
            comma = "," if type(value) is tuple and len(inner) == 1 else ""
            return ("(%s)" if type(value) is tuple else "[%s]") % (", ".join(inner) + comma)
    if type(value) is dict and not value:
        return "{}"
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    if not isinstance(name, str) or not re.match(r"[A-Za-z_]\w*$", name):
        name = type(value).__name__
    return "<%s>" % name


def signature_text(function: Any, drop_first: bool = False) -> str:
    """The signature as text, or "" when the object does not tell."""
    try:
        parameters = list(real_signature(function).parameters.values())
    except (TypeError, ValueError):
        return ""
    if drop_first and parameters and parameters[0].kind != parameters[0].VAR_POSITIONAL:
        parameters = parameters[1:]
    texts = []
    for number, parameter in enumerate(parameters):
        before = parameters[number - 1].kind if number else None
        is_keyword = parameter.kind == parameter.KEYWORD_ONLY
        if is_keyword and before not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            texts.append("*")
        texts.append(parameter_text(parameter))
    return "(%s)" % ", ".join(texts)


def parameter_text(parameter: inspect.Parameter) -> str:
    if parameter.kind == parameter.VAR_POSITIONAL:
        return "*" + parameter.name
    if parameter.kind == parameter.VAR_KEYWORD:
        return "**" + parameter.name
    if parameter.default is parameter.empty:
        return parameter.name
    return parameter.name + "=" + default_text(parameter.default)


def real_signature(function: Any) -> inspect.Signature:
    """The signature behind the decorators of Keras (`_original_function`) and TensorFlow."""
    while True:
        spec = getattr(getattr(function, "_tf_decorator", None), "decorator_argspec", None)
        if spec is not None:
            return from_argspec(spec)
        inner = getattr(function, "_original_function", None) or getattr(
            function, "__wrapped__", None
        )
        if inner is None or hasattr(function, "__signature__"):
            return inspect.signature(function)
        function = inner


def from_argspec(spec: Any) -> inspect.Signature:
    make, empty = inspect.Parameter, inspect.Parameter.empty
    defaults = [empty] * (len(spec.args) - len(spec.defaults or ())) + list(spec.defaults or ())
    found = [make(n, make.POSITIONAL_OR_KEYWORD, default=d) for n, d in zip(spec.args, defaults)]
    if spec.varargs:
        found.append(make(spec.varargs, make.VAR_POSITIONAL))
    for name in getattr(spec, "kwonlyargs", ()):
        default = (spec.kwonlydefaults or {}).get(name, empty)
        found.append(make(name, make.KEYWORD_ONLY, default=default))
    keywords = getattr(spec, "varkw", None) or getattr(spec, "keywords", None)
    return inspect.Signature(found + ([make(keywords, make.VAR_KEYWORD)] if keywords else []))


def owner(cls: type, name: str) -> Optional[type]:
    """The class in which `cls` finds `name`, None for one of Python's own."""
    for candidate in cls.__mro__:
        if name in vars(candidate):
            return None if candidate.__module__ in PYTHONS_OWN else candidate
    return None


def constructor_text(cls: type) -> str:
    for name in ("__init__", "__new__"):
        home = owner(cls, name)
        if home is not None:
            member = vars(home)[name]
            return signature_text(getattr(member, "__func__", member), drop_first=True)
    chooser = owner(type(cls), "__call__")  # a metaclass that makes another class's instances
    if chooser is not None:
        return signature_text(vars(chooser)["__call__"], drop_first=True)
    return "()" if cls.__init__ is object.__init__ else ""  # type: ignore[misc]


def public_bases(cls: type, is_public: Callable[[type], bool]) -> List[type]:
    """The nearest ancestors that have a name in this surface."""
    found: List[type] = []
    for ancestor in cls.__mro__[1:]:
        if is_public(ancestor) and not any(issubclass(known, ancestor) for known in found):
            found.append(ancestor)
    return found


def member_text(member: Any, name: str) -> str:
    if isinstance(member, staticmethod):
        return name + (signature_text(member.__func__) or "(...)")
    function = member.__func__ if isinstance(member, classmethod) else member
    if inspect.isroutine(function) or callable(function) and not inspect.isclass(function):
        return name + (signature_text(function, drop_first=True) or "(...)")
    return name


def passed_on(member: Any) -> str:
    """The method to which an old name of it gives all its arguments; "" for any other member."""
    if inspect.isfunction(member) and signature_text(member) == "(self, *args, **kwargs)":
        try:
            found = PASSED_ON.search(inspect.getsource(member))
        except (OSError, TypeError):
            return ""
        return found.group(1) if found else ""
    return ""


def own_members(cls: type, bases: Iterable[type]) -> List[str]:
    """Texts of the methods (`call(inputs)`) and attributes (`weights`) no public base explains.

    The fields of a protobuf message are those of its instances; some versions list them here.
    """
    if hasattr(cls, "DESCRIPTOR"):
        return []
    texts = []
    for name in sorted(dir(cls)):
        home = owner(cls, name)
        if name.startswith("_") and name != "__call__" or home is None:
            continue
        first = next((base for base in bases if hasattr(base, name)), None)
        if first is None or owner(first, name) is not home:
            member = vars(home)[name]
            other = owner(cls, passed_on(member))
            texts.append(member_text(vars(other)[passed_on(member)] if other else member, name))
    return texts
