"""Mutation run over the engine: change one thing in a function, and see whether a test that runs it fails.

usage: python bench/mutants.py [--number N] [--seed SEED] [--workers N] [--only PART-OF-A-PATH] [--since COMMIT] [PATH...]

1. pytest collects once. A first pass runs every test with coverage, to learn which tests run which line.
2. A sample of all mutants is drawn with the seed. For each, a fork of the process puts the mutated code into the
   function and runs the tests that run its line, nearest first, until one fails.
3. Mutants whose tests all pass are printed: file, line, what became what.

Only what a function does when it is called is mutated: tables at the top of modules are judged by the tests of their rows.
Texts with spaces are not mutated either, because tests do not assert prose. Tests that start programs are left out.
"""

from __future__ import annotations

import argparse
import ast
import collections
import contextlib
import gc
import os
import pickle
import random
import re
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import coverage
import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "src" / "netful" / "engine"
MOST_SECONDS = 20.0  # of tests for one mutant, the nearest first
PATIENCE = 10.0  # seconds more than five times what the tests took at first: a mutant that hangs is found

COMPARED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef
A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True)
class Mutant:
    """A change: the `turn`th way to mutate the `node`th node of a module's functions."""

    file: Path
    node: int
    turn: int
    line: int
    function: tuple[str, int]
    lines: frozenset[int]
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}: {self.before}  →  {self.after}"


def turns(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in place of a node."""
    match node:
        case ast.Compare(left, [operator], comparators):
            yield ast.Compare(left, [COMPARED[type(operator)]()], comparators)
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS and not _is_union(node):
            yield ast.BinOp(left, OPERATORS[type(operator)](), right)
        case ast.AugAssign(target, operator, value) if type(operator) in OPERATORS:
            yield ast.AugAssign(target, OPERATORS[type(operator)](), value)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str() as value) if value and " " not in value:
            yield ast.Constant(f"{value}~")
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call() | ast.Await()):
            yield ast.Pass()
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _is_union(node: ast.BinOp) -> bool:
    """Tell `A | B` of types from an operation on numbers or sets."""
    return isinstance(node.op, ast.BitOr) and any(
        isinstance(side, ast.Name) and side.id[:1].isupper() for side in ast.walk(node)
    )


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST, Function, frozenset[int]]]:
    """Yield each node that may be mutated, with its parent, its outermost function, and its lines."""
    for function in _functions(tree):
        for statement in function.body:
            yield from _inside(statement, function, function, frozenset())


def _functions(tree: ast.AST) -> Iterator[Function]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, Function):
            yield child
        elif isinstance(child, ast.ClassDef | ast.If):
            yield from _functions(child)


def _inside(
    node: ast.AST, parent: ast.AST, function: Function, lines: frozenset[int]
) -> Iterator[tuple[ast.AST, ast.AST, Function, frozenset[int]]]:
    documents = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if documents or isinstance(node, ast.Assert | ast.JoinedStr | ast.arguments):
        return
    if isinstance(node, ast.stmt):
        lines = frozenset({node.lineno})
    if isinstance(node, ast.expr):
        lines |= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    yield node, parent, function, lines
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _inside(child, node, function, lines)


def mutants_of(file: Path) -> list[Mutant]:
    """Return every mutant of a module."""
    found = []
    for number, (node, _, function, lines) in enumerate(places(ast.parse(file.read_text()))):
        first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
        for turn, other in enumerate(turns(node)):
            shown = [" ".join(ast.unparse(ast.fix_missing_locations(one)).split())[:90] for one in (node, other)]
            found.append(Mutant(file, number, turn, min(lines), (function.name, first), lines, *shown))
    return found


def code_of(mutant: Mutant) -> types.CodeType:
    """Compile the module with the mutant, and return the code of its function."""
    tree = ast.parse(mutant.file.read_text())
    node, parent, _, _ = next(place for number, place in enumerate(places(tree)) if number == mutant.node)
    other = ast.copy_location([*turns(node)][mutant.turn], node)
    for name, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, name, other)
        elif isinstance(value, list):
            setattr(parent, name, [other if one is node else one for one in value])
    waiting = [compile(ast.fix_missing_locations(tree), str(mutant.file), "exec")]
    while waiting:
        code = waiting.pop()
        if (code.co_name, code.co_firstlineno) == mutant.function:
            return code
        waiting += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    raise LookupError(mutant)


def apply(mutant: Mutant) -> bool:
    """Give the function its mutated code, and the functions inside it that are there already; False where that cannot be."""
    codes, waiting = {}, [code_of(mutant)]
    while waiting:
        code = waiting.pop()
        codes[code.co_name, code.co_firstlineno] = code
        waiting += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    done = False
    for function in [one for one in gc.get_objects() if isinstance(one, types.FunctionType)]:
        own = function.__code__
        new = codes.get((own.co_name, own.co_firstlineno)) if own.co_filename == str(mutant.file) else None
        if new is not None:
            if len(own.co_freevars) != len(new.co_freevars):
                return False
            function.__code__ = new
            done = True
    return done


class Run:
    """The plugin that takes the place of pytest's loop over the tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.failed = False
        self.imported: set[tuple[str, int]] = (
            set()
        )  # lines that run when the engine is imported: once, before any mutant
        self.measured = measured()
        self.measured.start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure, in the fork that runs the test."""
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge the mutants instead of running the tests once."""
        self.measured.stop()
        data = self.measured.get_data()
        self.imported = {(file, line) for file in data.measured_files() for line in data.lines(file) or ()}
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        gc.unfreeze()  # after the tests' conftest, or `apply` would find no function
        items = {item.nodeid: item for item in session.items}
        began = time.monotonic()
        covering, seconds = self.first_pass(session.items)
        say(f"{len(items)} tests in {time.monotonic() - began:.0f} s")
        every = self.candidates()
        sample = random.Random(self.options.seed).sample(every, min(self.options.number, len(every)))
        say(f"{len(sample)} of {len(every)} mutants, seed {self.options.seed}")
        results = collections.Counter[tuple[str, str]]()
        survivors = []
        for mutant, ended in self.judged(sample, items, covering, seconds):
            results[mutant.file.parent.name, ended] += 1
            if ended in {"survived", "not run"}:
                survivors.append(f"{mutant}  ({ended})")
                say(f"{results.total()}: {survivors[-1]}")
        say(*sorted(survivors), "")
        report(results)
        return True

    def candidates(self) -> list[Mutant]:
        """Return the mutants from which the sample is drawn."""
        every = [m for file in sorted(ENGINE.rglob("*.py")) if self.options.only in str(file) for m in mutants_of(file)]
        new = changed_since(self.options.since) if self.options.since else None
        return [m for m in every if new is None or not new.isdisjoint((m.file, line) for line in m.lines)]

    def first_pass(self, items: list[pytest.Item]) -> tuple[dict[tuple[str, int], list[str]], dict[str, float]]:
        """Run all tests, in as many processes as there are workers; return the tests of each line and how long each took."""
        covering, seconds, broken = collections.defaultdict[tuple[str, int], list[str]](list), {}, []
        parts = [items[n :: self.options.workers] for n in range(self.options.workers)]
        for found, took, failed in [read() for read in [in_a_fork(self.covered, part) for part in parts]]:
            seconds |= took
            broken += failed
            for place, names in found.items():
                covering[place] += names
        if broken:
            say("left out, because they fail without a mutant:", *broken)
        return {place: [name for name in names if name not in broken] for place, names in covering.items()}, seconds

    def covered(self, items: list[pytest.Item]) -> tuple[dict[tuple[str, int], list[str]], dict[str, float], list[str]]:
        """Run tests with coverage of the engine."""
        first = measured()
        seconds, broken = {}, []
        first.start()
        for item, following in with_next(items):
            first.switch_context(item.nodeid)
            began = time.monotonic()
            if not self.passes(item, following):
                broken.append(item.nodeid)
            seconds[item.nodeid] = time.monotonic() - began
        first.stop()
        data = first.get_data()
        found = {
            (file, line): [name for name in names if name]
            for file in data.measured_files()
            for line, names in data.contexts_by_lineno(file).items()
        }
        return found, seconds, broken

    def passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Run a test; what it shares with the following one stays."""
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self.failed

    def judged(
        self,
        sample: list[Mutant],
        items: dict[str, pytest.Item],
        covering: dict[tuple[str, int], list[str]],
        seconds: dict[str, float],
    ) -> Iterator[tuple[Mutant, str]]:
        """Run the tests of each mutant in a fork; yield how it ended."""
        running: dict[int, tuple[Mutant, float]] = {}
        waiting = [*sample]
        while waiting or running:
            while waiting and len(running) < self.options.workers:
                mutant = waiting.pop()
                chosen = nearest(mutant, covering, seconds)
                if not chosen:
                    imported = any((str(mutant.file), line) in self.imported for line in mutant.lines)
                    yield mutant, "cannot be applied" if imported else "not run"
                    continue
                child = os.fork()
                if not child:
                    silence()
                    os._exit(self.outcome(mutant, [items[name] for name in chosen]))
                running[child] = mutant, time.monotonic() + PATIENCE + 5 * sum(seconds[name] for name in chosen)
            time.sleep(0.002)
            for child, (mutant, until) in [*running.items()]:
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    del running[child]
                    yield (
                        mutant,
                        {0: "survived", 77: "cannot be applied"}.get(os.waitstatus_to_exitcode(status), "killed"),
                    )
                elif time.monotonic() > until:
                    os.kill(child, signal.SIGKILL)

    def outcome(self, mutant: Mutant, items: list[pytest.Item]) -> int:
        """Return the exit status of the fork that judges a mutant."""
        try:
            if not apply(mutant):
                return 77
            return next((1 for item, following in with_next(items) if not self.passes(item, following)), 0)
        except BaseException:  # noqa: BLE001  # whatever it is, it is noticed
            return 1


def changed_since(commit: str) -> set[tuple[Path, int]]:
    """Return the lines of the engine that were written after a commit."""
    command = ["git", "diff", "--unified=0", "--no-prefix", "--no-ext-diff", commit, "--", str(ENGINE)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    found: set[tuple[Path, int]] = set()
    file = ROOT
    for line in shown.splitlines():
        if line.startswith("+++ "):
            file = ROOT / line.removeprefix("+++ ")
        elif hunk := re.match(r"@@ \S+ \+(\d+)(?:,(\d+))? @@", line):
            first = int(hunk[1])
            found |= {(file, number) for number in range(first, first + int(hunk[2] or 1))}
    return found


def measured() -> coverage.Coverage:
    """Return a measurement of the engine's lines that is kept in memory."""
    return coverage.Coverage(data_file=None, source_pkgs=["netful.engine"], config_file=False, messages=False)


def with_next(items: list[pytest.Item]) -> zip[tuple[pytest.Item, pytest.Item | None]]:
    """Pair each test with the one after it."""
    return zip(items, [*items[1:], None], strict=True)


def nearest(mutant: Mutant, covering: dict[tuple[str, int], list[str]], seconds: dict[str, float]) -> list[str]:
    """Return the tests that run a mutant's line: those of its room first, then the quickest, for so long."""
    names = {name for line in mutant.lines for name in covering.get((str(mutant.file), line), [])}
    room = f"tests/engine/{mutant.file.parent.name}/"
    chosen, total = [], 0.0
    for name in sorted(names, key=lambda name: (not name.startswith(room), seconds[name])):
        total += seconds[name]
        if chosen and total > MOST_SECONDS:
            break
        chosen.append(name)
    return chosen


def in_a_fork(run: Callable[[A], R], argument: A) -> Callable[[], R]:
    """Begin to run a function in a fork; return what waits for its result."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        silence()
        with os.fdopen(writing, "wb") as file:
            pickle.dump(run(argument), file)
            file.flush()
        os._exit(0)
    os.close(writing)

    def read() -> R:
        with os.fdopen(reading, "rb") as file:
            result = pickle.load(file)
        os.waitpid(child, 0)
        return result

    return read


def silence() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def say(*lines: str) -> None:
    sys.__stdout__.write("".join(f"{line}\n" for line in lines))
    sys.__stdout__.flush()


def report(results: collections.Counter[tuple[str, str]]) -> None:
    rooms = sorted({room for room, _ in results})
    for room in [*rooms, "all"]:
        counted = collections.Counter[str]()
        for (name, ended), number in results.items():
            if room in {name, "all"}:
                counted[ended] += number
        judged = counted.total() - counted["cannot be applied"]
        if judged:
            say(f"{room:<16} {counted['killed']:>5} of {judged:>5} killed  {counted['killed'] / judged:6.1%}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="mutate only files with this in their path")
    parser.add_argument("--since", default="", help="mutate only lines that were written after this commit")
    parser.add_argument("paths", nargs="*", default=["tests"], help="the tests to use")
    options = parser.parse_args()
    os.chdir(ROOT)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate]
    )
    hypothesis.settings.load_profile("mutants")
    arguments = ["-qq", "-s", "--no-summary", "-p", "no:cacheprovider", "--ignore", "tests/recorded"]
    unmarked = ["-m", "not packets and not programs"]
    with contextlib.suppress(KeyboardInterrupt):
        return pytest.main([*arguments, *unmarked, *options.paths], plugins=[Run(options)])
    return 1


if __name__ == "__main__":
    sys.exit(main())
