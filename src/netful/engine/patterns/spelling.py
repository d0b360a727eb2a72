r"""Spellings of regular expressions: Java's and JavaScript's in those of RE2 and of Python.

| expression | RE2 | Python |
|---|---|---|
| `\p{Alpha}` and similar classes | `[a-zA-Z]` | the same |
| `\s` | `[\t\n\v\f\r ]` | `\s`, of ASCII |
| `\u0041` | `\x{0041}` | `\u0041` |
| `\Z` | `\n?\z`: the last line end becomes part of the match | `(?=\n?\Z)` |
| `\z` | `\z` | `\Z` |
| `(?<name>` | the same | `(?P<name>` |

A class within a class is rejected: in Java it is a union or an intersection, which neither of the two has.
"""

import re

from netful.model.core import Frozen

_WORD = re.compile(
    r"\\[pP]\{\w+\}|\\u[0-9a-fA-F]{4}|\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?|\]|&&|\(\?<(?![=!])|[^\\\[\]&(]+|.", re.DOTALL
)
_CLASSES = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Space": r" \t\n\x0b\f\r",
    "Punct": r"!-/:-@\[-`{-~",
}


class PatternError(ValueError):
    """A text that is not a regular expression, or one that is not supported."""


class Spelled(Frozen):
    """An expression for the two engines."""

    re2: str
    python: str


def spelled(expression: str, *, nested_classes: bool = True) -> Spelled:
    """Return the spellings of an expression; raise PatternError. Without `nested_classes`, `[` in a class is a character."""
    linear: list[str] = []
    python: list[str] = []
    inside = False
    for found in _WORD.finditer(expression):
        word = found[0]
        if nested_classes and inside and (word[0] == "[" or word == "&&"):
            raise PatternError(f"`{word}` in a class")
        one, other = _both(word, inside=inside)
        linear.append(one)
        python.append(other)
        inside = not (word[-1] == "]" and word[0] != "\\") if inside else word[0] == "["
    return Spelled("".join(linear), "".join(python))


def _both(word: str, *, inside: bool) -> tuple[str, str]:
    """Return a word for RE2 and for Python."""
    kind = word[:2]
    if kind in {r"\p", r"\P"} and (ranges := _CLASSES.get(word[3:-1])):
        if inside and kind == r"\P":
            raise PatternError(f"`{word}` in a class")
        written = ranges if inside else f"[{_NEGATED[kind]}{ranges}]"
        return written, written
    if kind == r"\u" and len(word) > len(kind):
        return rf"\x{{{word[2:]}}}", word
    if word == r"\C":
        raise PatternError("`\\C` is not an expression")
    if kind == r"\Q":
        literal = re.escape(word[2:].removesuffix(r"\E"))
        return literal, literal
    if inside and word[0] == "[":
        return r"\[" + word[1:], r"\[" + word[1:]
    if inside:
        return _IN_CLASSES.get(word, (word, word))
    return _ELSEWHERE.get(word, (word, word))


_NEGATED = {r"\p": "", r"\P": "^"}
_IN_CLASSES = {r"\s": (r"\t\n\v\f\r ", r"\s")}
_ELSEWHERE = {
    r"\s": (r"[\t\n\v\f\r ]", r"\s"),
    r"\S": (r"[^\t\n\v\f\r ]", r"\S"),
    r"\Z": (r"\n?\z", r"(?=\n?\Z)"),
    r"\z": (r"\z", r"\Z"),
    "(?<": ("(?<", "(?P<"),
}
