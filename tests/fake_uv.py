"""Stands in for uv: makes folders where uv would make environments, and writes down what it was asked.

Usage: fake_uv.py LOG ARGUMENTS-OF-UV. It has Python 3.7 and 3.9, and no package named `missing`;
`torch` it has only with --torch-backend.
"""

import os
import sys
import time
from pathlib import Path


def main(log: str, *arguments: str) -> int:
    with Path(log).open("a") as stream:
        stream.write(" ".join(arguments) + "\n")
    if arguments[0] == "venv":
        return venv(arguments[arguments.index("--python") + 1], Path(arguments[-1]))
    return install(arguments)


def venv(version: str, folder: Path) -> int:
    if version not in ("3.7", "3.9"):
        print(f"error: No interpreter found for Python {version}\n\nhint: retry", file=sys.stderr)
        return 2
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    time.sleep(float(os.environ.get("FAKE_UV_SECONDS", "0")))
    return 0


def install(arguments: tuple[str, ...]) -> int:
    if "--dry-run" in arguments:
        print("Would install 1 package" if "other==1" in arguments else "Would make no changes")
        return 0
    print("Using Python 3.7\nResolved 2 packages in 1ms\n + keras==2.2.4", file=sys.stderr)
    if "missing" in arguments or ("torch" in arguments and "--torch-backend" not in arguments):
        print("error: No solution found\n  cause: there is no such version.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
