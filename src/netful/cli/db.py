"""`netful db`: open a client of a database or cache, as its master user, from a position in the stack's network."""

import os
import shutil
from typing import Annotated

from netful.cli.exec_ import run_there
from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, stack_name
from netful.model.core import StackError
from netful.stack.control.client import Client


def db(
    database: str,
    arguments: Annotated[tuple[str, ...], Parameter(allow_leading_hyphen=True)] = (),
    /,
    *,
    source: Annotated[str | None, Parameter(name="--from")] = None,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
) -> int:
    """Open `psql`, `mariadb` or `valkey-cli` at a database or cache that netful runs, as the master user. Exit with its exit code.

    Parameters
    ----------
    database:
        The database, cluster, instance or cache.
    arguments:
        Arguments of the client, after `--`.
    source:
        The position, as for `exec`. Default: the first function, instance or service that reaches the database.
    """
    with Client(stack_name(stack)) as client:
        found = client.call("database", database=database, source=source)
        program = found["command"][0]
        if shutil.which(program) is None:
            raise StackError(f"`{program}` is not installed", hint=f"apt-get install {found['package']}")
        command = [*found["command"], *arguments]
        return run_there(client, found["source"], command, os.environ | found["environment"])
