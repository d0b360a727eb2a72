"""Registry of all rules by id: the modules of `rules` whose name begins with `nf`, such as `nf108_sg_egress`."""

from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from netful.checks import rules
from netful.checks.rules.rule import Rule
from netful.engine.flows.codes import Code
from netful.model.core import NetfulError, QuestionError
from netful.sources.files.complaint import SURELY, close_match


@cache
def all_rules() -> dict[str, Rule]:
    """Return the rules in the order of their ids; two rules with one id are a bug."""
    found: dict[str, Rule] = {}
    for module in sorted(iter_modules(rules.__path__), key=lambda module: module.name):
        if module.name.startswith("nf"):
            id_, _, slug = module.name.partition("_")
            imported = import_module(f"{rules.__name__}.{module.name}")
            if imported.__doc__ is None:
                raise NetfulError(
                    "Python leaves out docstrings, which have the texts of the checks",
                    hint="run it without `-OO`, and unset `PYTHONOPTIMIZE`",
                )
            _, why, instead = (" ".join(text.split()) for text in imported.__doc__.split("\n\n"))
            texts = {"why": why, "instead": instead.removeprefix("Instead: ")}
            assert id_.upper() not in found, f"{id_.upper()} is used twice"
            found[id_.upper()] = replace(imported.check, id=id_.upper(), slug=slug.replace("_", "-"), **texts)
    return found


def rule_named(name: str) -> Rule:
    """Return the rule with an id (`NF102`) or a slug (`public-subnet-function`). Raise QuestionError if none exists."""
    wanted = name.strip()
    for rule in all_rules().values():
        if wanted.upper() == rule.id or wanted.lower() == rule.slug:
            return rule
    if (code := Code.__members__.get(wanted.upper())) is not None:
        raise QuestionError(f"`{name}` is an explanation code of a path, not a check", hint=f"it means: {code.meaning}")
    names = (name for rule in all_rules().values() for name in (rule.id, rule.slug))
    hint = close_match(wanted, names, "`netful explain` lists them all", likeness=SURELY)
    raise QuestionError(f"there is no check `{name}`", hint=hint)


def selected(select: tuple[str, ...], ignore: tuple[str, ...]) -> tuple[Rule, ...]:
    """Return the requested rules; a prefix (`NF2`) selects all rules that begin with it."""
    chosen = _named(select) if select else set(all_rules())
    return tuple(rule for rule in all_rules().values() if rule.id in chosen - _named(ignore))


def _named(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for name in (part for text in names for part in text.split(",") if part):
        begun = {id_ for id_ in all_rules() if id_.startswith(name.upper())}
        found |= begun or {rule_named(name).id}
    return found
