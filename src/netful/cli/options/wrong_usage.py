"""Errors of the words on a command line: which word, what is wrong with it, and what to write instead.

Cyclopts finds them; its texts are for programmers.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import cyclopts

from netful.cli.options.file_names import is_named
from netful.model.core import NetfulError
from netful.sources.files.complaint import close_match

_KINDS = {int: "it is a whole number", float: "it is a number", bool: "it is `true` or `false`"}


def error_of(error: cyclopts.CycloptsError, verbs: Sequence[str]) -> NetfulError:
    """Return the error for users. `verbs` are the words that a command line can begin with."""
    verb = " ".join(error.command_chain or ())
    what, hint = _text(error, verb, verbs)
    otherwise = f"`netful {verb} --help` lists its options" if verb else "`netful --help` lists the verbs"
    return NetfulError(what, hint=hint or otherwise)


def _text(error: cyclopts.CycloptsError, verb: str, verbs: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong, and a hint or ""."""
    match error:
        case cyclopts.UnknownCommandError(unused_tokens=[word, *rest]):
            late = next((one for one in rest if one in verbs), "")
            hint = f"the verb comes first: `netful {late} {word} …`" if late else close_match(word, verbs)
            return f"there is no verb `{word}`", hint
        case cyclopts.UnknownOptionError():
            word = error.token.keyword or error.token.value
            names = [name for one in error.argument_collection if one.parse for name in one.names if name[0] == "-"]
            return f"`netful {verb}` has no option `{word}`", close_match(word, names)
        case cyclopts.UnusedCliTokensError(unused_tokens=[method, path]) if path.startswith("/"):
            what = f"`{method}` and `{path}` are too many arguments for `netful {verb}`"
            return what, f"a request is one argument: `'Api {method} {path}'`"
        case cyclopts.UnusedCliTokensError(unused_tokens=[word, *_]):
            words = pairwise(error.root_input_tokens or ())
            files = (one for option, one in words if not option.startswith("-") and is_named(one, Path.is_file))
            place = _place_of(next(files, word), verb, error.target)
            return f"`{word}` is one argument too many for `netful {verb}`", place
        case cyclopts.RepeatArgumentError():
            return f"`{error.token.keyword}` can be given once", ""
        case cyclopts.MissingArgumentError(argument=argument) if argument is not None:
            name = error.keyword or next((one.keyword for one in argument.tokens if one.keyword), None)
            choices = ", ".join(f"`{one}`" for one in _choices(argument.hint))
            hint = f"one of {choices}" if choices else ""
            is_file = bool({Path, tuple[Path, ...]} & {argument.hint, *get_args(argument.hint)})
            if name and is_file and (name, "-") in pairwise(error.root_input_tokens or ()):
                return f"`{name}` cannot be `-`", "standard input is `/dev/stdin`"
            return f"`{name}` needs a value" if name else f"`netful {verb}` needs {_upper(argument.name)}", hint
        case cyclopts.CoercionError(token=token, target_type=kind) if token is not None:
            name = token.keyword or _upper(error.argument.name if error.argument else "")
            choices = ", ".join(f"`{one}`" for one in _choices(kind))
            hint = close_match(token.value, map(str, _choices(kind)), f"one of {choices}") if choices else ""
            return f"`{name}` cannot be `{token.value}`", hint or _KINDS.get(kind, "")  # type: ignore[arg-type]
        case cyclopts.ValidationError(argument=argument) if argument is not None and argument.tokens:
            token = argument.tokens[0]
            name = token.keyword or _upper(argument.name)
            return f"`{name}` cannot be `{token.value}`", _limit(error.exception_message)
    text = str(error).strip().rstrip(".")
    return f"{text[:1].lower()}{text[1:]}", ""


def _place_of(word: str, verb: str, target: Any) -> str:
    """Return where an argument belongs that the verb has no place for."""
    options = inspect.signature(target).parameters if target else {}
    if "model" in options and is_named(word, Path.exists):
        return f"name a template with an option: `netful {verb} -t {word}`"
    if "stack" in options and all(one.kind is one.KEYWORD_ONLY for one in options.values()):
        return f"name a stack with an option: `netful {verb} --stack {word}`"
    return ""


def _limit(message: str) -> str:
    """Return the limit of a number from Cyclopts' message about it."""
    sign, _, number = message.rstrip(".").removeprefix("Must be ").partition(" ")
    hints = {"<=": f"it is at most {number}", ">=": f"it is at least {number}", ">": f"it is more than {number}"}
    return hints.get(sign, "")


def _choices(kind: Any) -> tuple[Any, ...]:
    """Return the values of a type that lists them."""
    kinds = (kind, *get_args(kind))
    return next((get_args(one) for one in kinds if get_origin(one) is Literal), ())


def _upper(name: str) -> str:
    return name.lstrip("-").upper()
