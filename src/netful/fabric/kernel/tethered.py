"""Program that ends with its parent: `python -m netful.fabric.kernel.tethered PARENT COMMAND...`.

The program keeps this process's id. The thread that starts it must live as long as the program should (fabric §3).
"""

import os
import sys

from netful.fabric.kernel.syscalls import die_with_parent


def main() -> None:
    """Replace this process with the program."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    die_with_parent(parent)
    os.execvp(command[0], command)  # noqa: S606  # netful's own choice of program


def command_line(command: list[str]) -> list[str]:
    """Return the command line that ties a command to this process."""
    return [sys.executable, "-I", "-m", "netful.fabric.kernel.tethered", str(os.getpid()), *command]


if __name__ == "__main__":
    main()
