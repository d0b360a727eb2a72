"""A verb over many accounts, instead of over one network that is made of all templates."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

from netful.cli.cluster.options import LOCAL, RAY, ClusterOptions
from netful.model.core import QuestionError

_SHARE = 8
"""Accounts that a worker takes at a time: a few hundred milliseconds of work."""

_WORST_FIRST = (2, 1, 3, 0)
"""Exit codes: the worst of all accounts is that of the process."""


def over_accounts(verb: Callable[..., int]) -> Callable[..., int]:
    """Return the verb; with `--on` it is called for each account by itself.

    A line of JSON has `template`, `exit_code`, `answer` (the verb's own JSON, or null) and `messages`.
    """

    @wraps(verb)
    def called(*positional: Any, **named: Any) -> int:
        cluster = named.get("cluster", ClusterOptions())
        if cluster.on is None:
            return verb(*positional, **named)
        from netful.cli.cluster.share import Call, shares  # noqa: PLC0415  # only with --on

        accounts = _accounts(named)
        call = Call(f"{verb.__module__}:{verb.__name__}", positional, named)
        show = _as_json if named.get("format_") == "json" else _as_text
        return _printed(_answers(cluster.on, shares(call, accounts, _SHARE)), show)

    return called


def _accounts(named: dict[str, Any]) -> list[Path]:
    """Return the accounts that the options name. Raise QuestionError if an option makes no sense for many of them."""
    if getattr(named.get("account"), "live", False) or named.get("live"):
        raise QuestionError("`--live` asks one running account", hint="leave out `--live` or `--on`")
    if named.get("format_", "text") not in {"text", "json"}:
        raise QuestionError(f"`--format {named['format_']}` is one document", hint="`--on` prints text or json")
    patterns = named["model"].template if "model" in named else ()
    if not patterns:
        raise QuestionError("`--on` needs accounts", hint="for example `--template 'accounts/*.yaml'`")
    if outside := [pattern for pattern in patterns if pattern.is_absolute() or ".." in pattern.parts]:
        raise QuestionError(
            f"`--template {outside[0]}` is not below the current folder",
            why="its path must mean the same to every worker",
            hint="change into a folder above all accounts",
        )
    return [file for pattern in patterns for file in sorted(Path().glob(str(pattern))) or [pattern]]


def _answers(where: str, shares: Iterable[Any]) -> Iterator[Any]:
    if where == LOCAL:
        from netful.cli.cluster.processes import by_processes  # noqa: PLC0415  # not on a cluster

        return by_processes(shares)
    if where.startswith(RAY):
        from netful.cli.cluster.ray_cluster import by_ray  # noqa: PLC0415  # not by processes

        return by_ray(where, shares)
    raise QuestionError(f"`--on {where}` is no place for work", hint="`local`, or `ray://HOST:PORT`")


def _printed(answers: Iterable[Any], show: Callable[[Any, TextIO], None]) -> int:
    codes: set[int] = set()
    output = sys.stdout
    for answer in answers:
        show(answer, output)
        codes.add(answer.exit_code)
    return next(code for code in (*_WORST_FIRST, *codes) if code in codes)


def _as_text(answer: Any, output: TextIO) -> None:
    if answer.output:
        print(f"== {answer.account}\n{answer.output.rstrip()}", file=output)
    if answer.messages:
        print(f"== {answer.account}\n{answer.messages.rstrip()}", file=sys.stderr)


def _as_json(answer: Any, output: TextIO) -> None:
    line = {
        "template": str(answer.account),
        "exit_code": answer.exit_code,
        "answer": json.loads(answer.output) if answer.output else None,
        "messages": answer.messages,
    }
    print(json.dumps(line), file=output)
