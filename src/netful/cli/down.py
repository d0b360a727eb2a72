"""`netful down`: stop the running stack, and wait until all of it is gone."""

import sys
from typing import Annotated

from netful.cli.options.parameter import Parameter
from netful.cli.options.stacks import StackOptions, stack_name
from netful.cli.ps import lines, listed
from netful.model.core import QuestionError
from netful.render.errors import error_text
from netful.render.language import spoken
from netful.stack.control.client import NoAnswerError, others_hint
from netful.stack.control.ending import end, kill


def down(
    *,
    stack: StackOptions = StackOptions(),  # noqa: B008  # frozen
    all_: Annotated[bool, Parameter(name="--all", negative=())] = False,
    force: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Stop the running stack. It is not an error if none is running. In a project's folder, `--stack` names one of another folder.

    Parameters
    ----------
    all_
        Stop all running stacks and accounts of this user, wherever they were started; prints them before, as `netful ps` does.
    force
        Kill the stack's process, which ends everything of the stack with it, also if it does not answer.
    """
    if all_ and stack.stack:
        raise QuestionError("`--all` ends every stack", hint="leave out `--stack`, or `--all`")
    if all_:
        return _all(force=force)
    name = stack_name(stack, to_end=True)
    if kill(name) if force else end(name):
        print(spoken(f"{name} is down"))
    else:
        print(spoken(f"{name} is not running"), file=sys.stderr)
        if hint := others_hint():
            print(f"{spoken('hint')}: {spoken(hint)}", file=sys.stderr)
    return 0


def _all(*, force: bool) -> int:
    """Print which stacks end, wherever they were started, and end them; one that does not answer does not keep the others."""
    found = listed()
    print("\n".join(lines(found)), file=sys.stderr)
    code = 0
    for name in (one["stack"] for one in found):
        try:
            if kill(name) if force else end(name):
                print(spoken(f"{name} is down"), flush=True)
        except NoAnswerError as error:
            print(f"{spoken('error')}: {error_text(error)}", file=sys.stderr)
            code = 1
    return code
