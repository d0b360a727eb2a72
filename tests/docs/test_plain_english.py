"""The prose of netful's code is plain English: docstrings, comments and messages are free of words that read as riddles."""

import ast
import io
import re
import tokenize

import pytest

from tests.helpers.places import ROOT

SOURCES = ROOT / "src" / "netful"
_AREAS = sorted(path.name for path in SOURCES.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
# A docstring is a noun phrase or an imperative; one that begins with these words is a question without an answer.
_OPENINGS = re.compile(r"\s*(What|Whether|Who|Whose|How|Nobody|Somebody)\b")
# These words have a plain counterpart: report, return, receive, again, fixed, a number, or the noun of the one who acts.
_WORDS = re.compile(
    r"\b(told|tells|nobody|somebody|anew|whoever|mended|(?-i:is none)|so many|goes by|lets in)\b", re.IGNORECASE
)
# A module without these has no such text: words with a space may also stand in two parts of a literal.
_SUSPECT = re.compile(rf"[\"']{_OPENINGS.pattern}|{_WORDS.pattern.replace(' ', '[^A-Za-z]+')}", re.IGNORECASE)
# A key of `diff --json` that users' scripts read since 0.1.0.
_KEYS = frozenset({"mended"})


def prose(source):
    """Yield the line, the kind and the text of every docstring, message and comment in a module."""
    tree = ast.parse(source)
    docstrings = {
        id(statement.value)
        for node in ast.walk(tree)
        for statement in (node.body if isinstance(getattr(node, "body", None), list) else ())
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, "docstring" if id(node) in docstrings else "message", node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], "comment", token.string


def faults(source):
    """Yield the line and the reason of every text in a module that is not plain English."""
    if not _SUSPECT.search(source):
        return
    for line, kind, text in prose(source):
        if text in _KEYS:
            continue
        if kind == "docstring" and (opening := _OPENINGS.match(text)):
            yield line, f"a docstring begins with `{opening[1]}`"
        for found in _WORDS.finditer(text):
            yield line + text[: found.start()].count("\n"), f"a {kind} has `{found[0]}`"


@pytest.mark.parametrize("area", _AREAS)
def test_prose_is_plain_english(area):
    place = SOURCES / area
    modules = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    found = [
        f"{module.relative_to(ROOT)}:{line}: {reason}"
        for module in modules
        for line, reason in sorted(faults(module.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""What a route is."""', (1, "a docstring begins with `What`")),
        ('"""A route.\n\nThe caller is told.\n"""', (3, "a docstring has `told`")),
        ('PORT = 1\n"""Whose port."""', (2, "a docstring begins with `Whose`")),
        ("PORT = 1  # Nobody listens", (1, "a comment has `Nobody`")),
        ('raise ValueError(f"the route {route} goes by its name")', (1, "a message has `goes by`")),
    ],
)
def test_riddles_are_found(source, expected):
    assert [*faults(source)] == [expected]


def test_plain_words_pass():
    assert not [*faults('"""Return the route; None if no route matches."""\nnext_hop = None  # a black hole')]
