"""`verify --rules`: run the rules of the table themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BACKENDS = ("tensorflow", "jax", "torch")


def verify_rules(given: Mapping[str, Any], *, update: bool) -> int:
    """Run the rules whose ids or prefixes are given, or all, and say what to exit with."""
    from kmigrate.report.output import refuse

    backends = [name for each in given["backend"] or ["tensorflow"] for name in each.split(",")]
    unknown = sorted(set(backends) - set(_BACKENDS))
    if unknown:
        return refuse(f"{', '.join(unknown)} is no backend of Keras 3: {', '.join(_BACKENDS)}")
    try:
        from kmigrate.verify.sweep.command import check_rules
    except ModuleNotFoundError as error:
        return refuse(f"{error}; pip install 'kmigrate[verify]'")
    codes = [
        check_rules(
            [str(path) for path in given["paths"] or ()],
            update=update,
            backend=backend,
            after_python=given["after_python"],
            record=given["record"],
            against=given["against"],
        )
        for backend in backends
    ]
    return max(codes)
