"""Whether the rules that a person names exist."""

from __future__ import annotations

from kmigrate.model import Options

_DERIVED = "derived"  # these come from the snapshots, not from a row of the table


def check_rules(options: Options) -> None:
    """Raises ValueError for a --select or --ignore that no rule and no group answers to."""
    for flag, names in (("--select", options.select), ("--ignore", options.ignore)):
        for name in names:
            _check(flag, name)


def _check(flag: str, name: str) -> None:
    from kmigrate.rulebook.table import load_table
    from kmigrate.selection import covers

    known = load_table().all_ids
    if name.partition(".")[0] == _DERIVED or any(covers(name, rule) for rule in known):
        return
    from difflib import get_close_matches

    groups = {rule.rpartition(".")[0] for rule in known if "." in rule}
    meant = get_close_matches(name, sorted({*known, *groups, *_families(known)}), 3, 0.7)
    perhaps = f"did you mean {', '.join(meant)}?" if meant else "`kmigrate rules` lists them"
    raise ValueError(f"{flag} {name}: no rule or group is called so; {perhaps}")


def _families(known: tuple[str, ...]) -> set[str]:
    return {rule.partition(".")[0] for rule in known}
