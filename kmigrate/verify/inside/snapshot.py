"""Print the public API of one surface as this interpreter sees it: `PY snapshot.py SURFACE`.

Standard library only, Python 3.6 syntax, imports nothing of kmigrate.
"""

import ast
import collections
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
import types
import warnings

FORMAT = 1
PRIVATE_FOLDERS = ("src", "api", "protobuf", "raw_ops")
KERAS_ROOTS = {"keras": "keras", "tf_keras": "tf_keras", "tf.keras": "tensorflow"}
KERAS_PACKAGES = ("keras", "keras_applications", "keras_preprocessing")
CONTRIB = ("keras", "layers", "saved_model", "tpu")
# Where Keras documents a thing that several modules offer, most preferred first.
FACADES = (
    "layers models optimizers losses objectives metrics callbacks activations initializers "
    "initializations regularizers constraints utils backend ops random applications datasets "
    "preprocessing saving config"
).split()
NOT_A_HOME = ("engine", "legacy", "saving", "src", "api")
OUT_OF_THE_WAY = ("compat", "experimental", "legacy", "contrib", "estimator", "engine")
TENSORFLOW_MODULES = re.compile(
    r"\b_api\b|\bapi\._v\d|^tensorboard|^tensorflow\.(contrib|experimental)$|platform\.flags|^KerasLazyLoader$"
)
Entry = collections.namedtuple("Entry", "paths value")


class Surface:
    """What belongs to a surface: its root module, and which modules and objects below count."""

    def __init__(self, name):
        self.name = name
        package = importlib.import_module(KERAS_ROOTS.get(name, "tensorflow"))
        self.version = package.__version__.split("+")[0]
        self.root = package.keras if name == "tf.keras" else package
        getattr(self.root, "Model", None)  # makes a lazy module load
        self.deep = name == "keras" and int(self.version.split(".")[0]) < 3 and not os.path.isdir(
            os.path.join(os.path.dirname(package.__file__), "src")
        )
        self.assigned = set()

    def import_all(self):
        """Import every submodule that code can name, and note what they bind by assignment."""
        if not self.deep:
            return
        for found in pkgutil.walk_packages(self.root.__path__, "keras.", onerror=lambda name: None):
            try:
                module = importlib.import_module(found[1])
            except ImportError:  # a backend that is not installed
                continue
            self.note_assignments(module)

    def note_assignments(self, module):
        with open(inspect.getsourcefile(module), encoding="utf-8") as source:
            tree = ast.parse(source.read())
        for statement in tree.body:
            for target in getattr(statement, "targets", ()):
                if isinstance(target, ast.Name) and hasattr(module, target.id):
                    self.assigned.add(id(getattr(module, target.id)))

    def submodules(self, path, module):
        """Names of the child modules that are only importable, never attributes by themselves."""
        if self.name == "tf" and path == "contrib":
            return list(CONTRIB)
        return []

    def has_module(self, path, name, module):
        """Whether the module `name` in `path` belongs to the public API."""
        if name in PRIVATE_FOLDERS or path.startswith("compat.") and name == "compat":
            return False
        origin = getattr(module, "__name__", None) or type(module).__name__
        if self.name == "tf":
            return self.has_tensorflow_module(path, name, origin)
        if self.name == "tf.keras":
            return ".api." in origin or origin.startswith("keras.") and ".src" not in origin
        return origin.split(".")[0] == self.name and ".src" not in origin

    def has_tensorflow_module(self, path, name, origin):
        if name == "keras" and path in ("", "compat.v2"):
            return False
        if path == "contrib":
            return name in CONTRIB
        if path.startswith("contrib."):
            return path.count(".") < 2 and ".contrib" in origin
        return bool(TENSORFLOW_MODULES.search(origin))

    def has_object(self, value):
        """Whether an object is part of this API and did not leak in through an import."""
        if type(value).__module__ == "__future__":
            return False
        if not self.deep:
            return True
        if inspect.isclass(value) or callable(value):
            origin = getattr(value, "__module__", None) or ""
        else:
            origin = type(value).__module__
            if origin == "builtins":
                return True
        return origin.split(".")[0] in KERAS_PACKAGES or (
            origin != "builtins" and id(value) in self.assigned
        )


def public_names(module):
    return sorted(n for n in dir(module) if not n.startswith("_") or n == "__version__")


def attribute(module, name):
    """A module's attribute, or None when its lazy import fails."""
    try:
        value = getattr(module, name)
        return value if not isinstance(value, types.ModuleType) or dir(value) else None
    except (AttributeError, ImportError):
        return None


def explore(surface):
    """Walk breadth first: {id: Entry} of the modules and of the objects, and {module id: names}."""
    modules = {id(surface.root): Entry([""], surface.root)}
    if surface.name == "tf" and not surface.version.startswith("1."):
        modules[id(surface.root.compat.v2)] = modules[id(surface.root)]
    objects = collections.OrderedDict()
    queue = collections.deque([("", surface.root)])
    while queue:
        path, module = queue.popleft()
        for name in sorted(set(public_names(module)) | set(surface.submodules(path, module))):
            value = attribute(module, name)
            full = path + "." + name if path else name
            if isinstance(value, types.ModuleType):
                if id(value) in modules:
                    modules[id(value)].paths.append(full)
                elif surface.has_module(path, name, value):
                    modules[id(value)] = Entry([full], value)
                    queue.append((full, value))
            elif (value is not None or name == "newaxis") and surface.has_object(value):
                objects.setdefault(identity(value, full), Entry([], value)).paths.append(full)
    return modules, objects


def identity(value, path):
    """What makes two names one object. Equal numbers and strings are no aliases."""
    if value is None or isinstance(value, (bool, int, float, str, bytes, tuple)):
        return path.rpartition(".")[2], type(value), repr(value)
    return id(value)


def canonical(surface, entry):
    """The name under which the object is documented."""
    return min(entry.paths, key=lambda path: rank(surface, path, entry.value))


def rank(surface, path, value):
    parts = path.split(".")
    own_name = getattr(value, "__name__", parts[-1])
    aside = sum(part in OUT_OF_THE_WAY for part in parts)
    misnamed = inspect.isclass(value) and parts[-1] != own_name
    if surface.name == "tf":
        return (aside, misnamed, len(parts), parts[-1] != own_name, len(path), path)
    origin = (getattr(value, "__module__", None) or "").split(".")
    homes = [part for part in origin[1:] if part not in NOT_A_HOME][:1]
    strays = parts[:1] != homes and homes[:1] != [] and homes[0] in FACADES
    is_facade = len(parts) == 2 and parts[0] in FACADES
    return (
        path != "Input",
        aside,
        parts[-1] != own_name,
        strays,
        not is_facade,
        FACADES.index(parts[0]) if is_facade else len(parts),
        ".".join(origin[1:] + [parts[-1]]) != path,
        len(path),
        path,
    )


def module_name(surface, entry):
    origin = getattr(entry.value, "__name__", "").partition(".")[2]
    return origin if origin in entry.paths else min(entry.paths, key=lambda p: (p.count("."), len(p), p))


# --- signatures ---


def default_text(value):
    """A default as source text; `<name>` where it is no literal."""
    if value is None or isinstance(value, (bool, str, bytes)):
        return ascii(value)
    if type(value) in (int, float):
        return repr(value) if value == value and abs(value) != float("inf") else "<%r>" % value
    if type(value) in (tuple, list):
        inner = ", ".join(default_text(item) for item in value)
        if "<" not in inner:
            comma = "," if type(value) is tuple and len(value) == 1 else ""
            return ("(%s%s)" % (inner, comma)) if type(value) is tuple else "[%s]" % inner
    if type(value) is dict and not value:
        return "{}"
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    if not isinstance(name, str) or not re.match(r"[A-Za-z_]\w*$", name):
        name = type(value).__name__
    return "<%s>" % name


def parameter_text(parameter):
    if parameter.kind == parameter.VAR_POSITIONAL:
        return "*" + parameter.name
    if parameter.kind == parameter.VAR_KEYWORD:
        return "**" + parameter.name
    if parameter.default is parameter.empty:
        return parameter.name
    return "%s=%s" % (parameter.name, default_text(parameter.default))


def signature_text(function, drop_first=False):
    """The signature as text, or "" when the object does not tell."""
    try:
        parameters = list(real_signature(function).parameters.values())
    except (TypeError, ValueError):
        return ""
    if drop_first and parameters and parameters[0].kind != parameters[0].VAR_POSITIONAL:
        parameters = parameters[1:]
    texts, keyword_only = [], False
    for parameter in parameters:
        if parameter.kind == parameter.VAR_POSITIONAL:
            keyword_only = True
        elif parameter.kind == parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            texts.append("*")
        texts.append(parameter_text(parameter))
    return "(%s)" % ", ".join(texts)


def real_signature(function):
    """The signature behind the decorators of Keras (`_original_function`) and TensorFlow."""
    while True:
        decorator = getattr(function, "_tf_decorator", None)
        if getattr(decorator, "decorator_argspec", None) is not None:
            return from_argspec(decorator.decorator_argspec)
        inner = getattr(function, "_original_function", None) or getattr(function, "__wrapped__", None)
        if inner is None or hasattr(function, "__signature__"):
            return inspect.signature(function)
        function = inner


def from_argspec(spec):
    P = inspect.Parameter  # noqa: N806
    defaults = [P.empty] * (len(spec.args) - len(spec.defaults or ())) + list(spec.defaults or ())
    found = [P(n, P.POSITIONAL_OR_KEYWORD, default=d) for n, d in zip(spec.args, defaults)]
    if spec.varargs:
        found.append(P(spec.varargs, P.VAR_POSITIONAL))
    for name in getattr(spec, "kwonlyargs", ()):
        found.append(P(name, P.KEYWORD_ONLY, default=(spec.kwonlydefaults or {}).get(name, P.empty)))
    keywords = getattr(spec, "varkw", None) or getattr(spec, "keywords", None)
    if keywords:
        found.append(P(keywords, P.VAR_KEYWORD))
    return inspect.Signature(found, __validate_parameters__=False)


# --- classes ---


def owner(cls, name):
    """The class in which `cls` finds `name`, None for one of Python's own."""
    for candidate in cls.__mro__:
        if name in vars(candidate):
            return None if candidate.__module__ in ("builtins", "typing", "abc") else candidate
    return None


def constructor_text(cls):
    for name in ("__init__", "__new__"):
        home = owner(cls, name)
        if home is not None:
            return signature_text(vars(home)[name], drop_first=True)
    return "()" if cls.__init__ is object.__init__ else ""


def public_bases(cls, names):
    """The nearest ancestors that have a name in this surface."""
    found = []
    for ancestor in cls.__mro__[1:]:
        if id(ancestor) in names and not any(issubclass(known, ancestor) for known in found):
            found.append(ancestor)
    return found


def member_text(home, name):
    member = vars(home)[name]
    if isinstance(member, staticmethod):
        return name + (signature_text(member.__func__) or "(...)")
    if isinstance(member, classmethod):
        return name + (signature_text(member.__func__, drop_first=True) or "(...)")
    if inspect.isroutine(member) or callable(member) and not inspect.isclass(member):
        return name + (signature_text(member, drop_first=True) or "(...)")
    return name


def own_members(cls, bases):
    """Texts of the methods (`call(inputs)`) and attributes (`weights`) no public base explains."""
    texts = []
    for name in sorted(dir(cls)):
        if name.startswith("_") and name != "__call__":
            continue
        home = owner(cls, name)
        first = next((base for base in bases if hasattr(base, name)), None)
        if home is not None and (first is None or owner(first, name) is not home):
            texts.append(member_text(home, name))
    return texts


# --- the file ---


def injected(function):
    """The function of keras_applications that a wrapper of Keras 2.2 and 2.3 calls."""
    origin = sys.modules.get(function.__module__.replace("keras.", "keras_", 1))
    return getattr(origin, function.__name__, function)


def describe(path, entry, names):
    """One object as a list: kind, name, aliases and, where they have them, signature, bases, members."""
    aliases = sorted((p for p in entry.paths if p != path), key=lambda p: (p.count("."), len(p), p))
    value = entry.value
    if (getattr(value, "__module__", None) or "").startswith("keras.applications"):
        value = injected(value)
    if inspect.isclass(value):
        bases = public_bases(value, names)
        paths = [names[id(base)] for base in bases]
        return ["class", path, aliases, constructor_text(value), paths, own_members(value, bases)]
    if callable(value):
        return ["function", path, aliases, signature_text(value)]
    return ["value", path, aliases]


def describe_module(path, entry):
    """A module as a list: kind, name, aliases, and its public names that a star import leaves out."""
    aliases = sorted(set(entry.paths) - {path}, key=lambda p: (p.count("."), len(p), p))
    names = public_names(entry.value)
    stars = getattr(entry.value, "__all__", [n for n in names if not n.startswith("_")])
    return ["module", path, aliases, [n for n in names if n not in stars]]


def snapshot(name):
    """All rows of a surface: modules and objects by their canonical names, sorted."""
    surface = Surface(name)
    surface.import_all()
    modules, objects = explore(surface)
    names = {key: canonical(surface, entry) for key, entry in objects.items()}
    rows = [describe(names[key], entry, names) for key, entry in objects.items()]
    rows += [describe_module(module_name(surface, entry), entry) for entry in {id(e): e for e in modules.values()}.values()]
    head = {"format": FORMAT, "surface": name, "version": surface.version}
    return head, sorted(rows, key=lambda row: (row[0] != "module", row[1]))


def main():
    warnings.simplefilter("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    out, sys.stdout = sys.stdout, sys.stderr
    head, rows = snapshot(sys.argv[1])
    fields = ['"%s": %s' % (key, json.dumps(head[key])) for key in sorted(head)]
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    out.write("{%s, \"rows\": [\n%s\n]}\n" % (", ".join(fields), lines))


if __name__ == "__main__":
    main()
