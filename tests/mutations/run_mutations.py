"""Break the table in one place at a time and see whether the verifier notices.

    python tests/mutations/run_mutations.py [--count N] [--seed S] [--rule ID]... [--operator O]...

Every mutant is a row with one thing wrong: arguments swapped, an axis off by one, a keyword or a
call lost, another default, `sum` for `mean`, a condition turned round. It is put to the laws, then
migrates what the evidence of its rule rests on (samples and fixtures), and what it writes anew is
run and compared as for the ledger. Prints a Markdown report; exits 1 when a mutant survives that
survivors.toml does not explain, or an explanation there is out of date. Old environments are taken
from $KMIGRATE_ENVS; mutants that only they could give away are counted as such without them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kmigrate.rulebook.read import read_rows
from mutations.judging import Court, Judged
from mutations.mutant import Mutant, some
from mutations.operators import mutants
from mutations.report import markdown, outdated, unexplained


def chosen(arguments: argparse.Namespace, found: list[Mutant]) -> list[Mutant]:
    """The mutants that the command line asks for."""
    found = [
        mutant
        for mutant in found
        if (not arguments.rule or mutant.row.id in arguments.rule)
        and (not arguments.operator or mutant.operator in arguments.operator)
        and (not arguments.proven or mutant.is_claimed)
    ]
    return some(found, arguments.count or len(found), arguments.seed)


def arguments_of(parser: argparse.ArgumentParser) -> argparse.Namespace:
    parser.add_argument("--count", type=int, default=0, help="how many mutants; all by default")
    parser.add_argument("--seed", type=int, default=0, help="which of them")
    parser.add_argument("--rule", action="append", help="only mutants of this rule")
    parser.add_argument("--operator", action="append", help="only mutants by this operator")
    parser.add_argument("--proven", action="store_true", help="only of what the ledger proves")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    parser.add_argument("--details", action="store_true", help="print the fate of each mutant")
    return parser.parse_args()


def print_details(judged: list[Judged]) -> None:
    for entry in judged:
        how = f" ({entry.how}) {entry.where}" if entry.how or entry.where else ""
        print(f"{entry.fate}: {entry.mutant.id}{how}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments = arguments_of(parser)
    rows = read_rows()
    found = chosen(arguments, mutants(rows))
    if arguments.list:
        print(*(mutant.id for mutant in found), sep="\n")
        return 0
    start = time.monotonic()
    judged = Court(rows).judge(found)
    if arguments.details:
        print_details(judged)
    print(markdown(judged, time.monotonic() - start))
    is_whole = not (arguments.count or arguments.rule or arguments.operator or arguments.proven)
    broken = [*unexplained(judged), *(outdated(judged) if is_whole else ())]
    print(*broken, sep="\n", file=sys.stderr)
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
