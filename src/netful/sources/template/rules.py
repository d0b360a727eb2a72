"""The `Rules` of a template: its author's assertions about the parameters.

Rules:
1. A rule is checked if its `RuleCondition` holds, or if it has none. One false assertion rejects the template, as in
   CloudFormation, with the author's description.
2. An assertion that depends on a missing value, or on data of the account (`Fn::RefAll`, `Fn::ValueOf`,
   `Fn::ValueOfAll`), is not checked, with a warning. A rule whose condition is unknown is not checked either, unless
   its assertions hold anyway.
3. The functions of this section are defined only here: elsewhere in a template they are unknown.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from netful.model.core import Origin, Unknown
from netful.sources.files.complaint import close_match, fail
from netful.sources.files.marked import MarkedList, MarkedMap
from netful.sources.template.conditions import truth
from netful.sources.template.intrinsics import Evaluator, Function
from netful.sources.template.references import references
from netful.sources.template.scope import Scope
from netful.sources.template.template import Template
from netful.sources.template.values import as_text, merged, unknowns_in

_PARTS = ("RuleCondition", "Assertions")
_ASSERTION = "an assertion is `Assert: {a rule function}`, and `AssertDescription: text` beside it"
_BOOTSTRAP = "CheckBootstrapVersion"
"""The CDK writes it into every template. It checks the version of the account's bootstrap stack, not the network."""


def judge(template: Template, scope: Scope) -> Iterator[str]:
    """Yield the warnings about unchecked rules; raises SourceError for a false assertion."""
    evaluator = Evaluator(scope, _FUNCTIONS)
    for name in template.rules:
        assertions, applies = _rule(name, template, evaluator)
        if applies is False or name == _BOOTSTRAP:
            continue
        for assertion in assertions:
            yield from _judged(name, assertion, template, evaluator, applies=applies)


def _rule(name: str, template: Template, evaluator: Evaluator) -> tuple[MarkedList, bool | Unknown]:
    """Return the assertions of a rule, and whether it applies."""
    rule, origin = template.rules[name], template.rules.origin_of(name)
    if not isinstance(rule, MarkedMap):
        fail(f"rule `{name}` is not a mapping", origin, hint="it needs `Assertions`, a list")
    for part in rule:
        if part not in _PARTS:
            hint = close_match(part, _PARTS, "a rule has `RuleCondition` and `Assertions`")
            fail(f"rule `{name}` has an unknown part `{part}`", rule.origin_of(part), hint=hint)
    assertions = rule.get("Assertions")
    if not isinstance(assertions, MarkedList) or not assertions:
        fail(f"rule `{name}` has no list of `Assertions`", rule.origin_of("Assertions"), hint=_ASSERTION)
    if "RuleCondition" not in rule:
        return assertions, True
    return assertions, truth(evaluator, rule["RuleCondition"], rule.origin_of("RuleCondition"))


def _judged(
    name: str, assertion: Any, template: Template, evaluator: Evaluator, *, applies: bool | Unknown
) -> Iterator[str]:
    if not isinstance(assertion, MarkedMap) or not isinstance(assertion.get("Assert"), MarkedMap):
        origin = assertion.origin if isinstance(assertion, MarkedMap) else template.rules[name].origin_of("Assertions")
        fail(f"an assertion of rule `{name}` has no `Assert`", origin, hint=_ASSERTION)
    origin = assertion.origin_of("Assert")
    holds = truth(evaluator, assertion["Assert"], origin)
    if holds is True:
        return
    unknowns = [answer for answer in (applies, holds) if isinstance(answer, Unknown)]
    if unknowns:
        yield f"{origin}: an assertion of rule `{name}` is not judged: {merged(unknowns).why}"
        return
    description = str(assertion.get("AssertDescription", "")) or "it has no `AssertDescription`"
    fail(f"an assertion of rule `{name}` is false", origin, why=description, hint=_parameters(template, name))


def _parameters(template: Template, name: str) -> str:
    read = dict.fromkeys(use.name for use in references(template.rules[name]) if use.name in template.parameters)
    if not read:
        return ""
    names = ", ".join(f"`{one}`" for one in read)
    return f"it depends on {names}; give another value with `--param KEY=VALUE`"


def _texts(evaluator: Evaluator, node: Any, origin: Origin, name: str) -> list[str] | Unknown:
    """Return the resolved members of a list of texts."""
    items = evaluator.value(node)
    if unknowns := unknowns_in(items):
        return merged(unknowns)
    if not isinstance(items, list):
        fail(f"`{name}` takes a list of texts first", origin, hint=_USAGE[name])
    return [str(as_text(item, origin)) for item in items]


def _membership(
    name: str,
    test: Callable[[list[str], list[str]], bool],
    evaluator: Evaluator,
    argument: Any,
    origin: Origin,
    *,
    against_list: bool,
) -> bool | Unknown:
    """Return the result of a function of a list of texts, and of one text or another list."""
    if not isinstance(argument, list) or len(argument) != 2:
        fail(f"`{name}` takes a list of 2", origin, hint=_USAGE[name])
    texts = _texts(evaluator, argument[0], origin, name)
    if against_list:
        others = _texts(evaluator, argument[1], origin, name)
    else:
        text = evaluator.text(argument[1], origin)
        others = text if isinstance(text, Unknown) else [text]
    if isinstance(texts, Unknown) or isinstance(others, Unknown):
        return merged(unknowns_in([texts, others]))
    return test(texts, others)


def _of_account(name: str, _evaluator: Evaluator, argument: Any, origin: Origin) -> Unknown:
    wanted = str if name == "Fn::RefAll" else list
    if not isinstance(argument, wanted) or (isinstance(argument, list) and len(argument) != 2):
        fail(f"`{name}` has the wrong operands", origin, hint=_USAGE[name])
    return Unknown(f"`{name}` needs data of the account")


_FUNCTIONS: dict[str, Function] = {
    "Fn::Contains": partial(_membership, "Fn::Contains", lambda texts, one: one[0] in texts, against_list=False),
    "Fn::EachMemberEquals": partial(
        _membership,
        "Fn::EachMemberEquals",
        lambda texts, one: all(text == one[0] for text in texts),
        against_list=False,
    ),
    "Fn::EachMemberIn": partial(
        _membership, "Fn::EachMemberIn", lambda texts, others: set(texts) <= set(others), against_list=True
    ),
    "Fn::RefAll": partial(_of_account, "Fn::RefAll"),
    "Fn::ValueOf": partial(_of_account, "Fn::ValueOf"),
    "Fn::ValueOfAll": partial(_of_account, "Fn::ValueOfAll"),
}
_USAGE = {
    "Fn::Contains": "write `!Contains [[a, b], text]`",
    "Fn::EachMemberEquals": "write `!EachMemberEquals [[a, b], text]`",
    "Fn::EachMemberIn": "write `!EachMemberIn [[a, b], [a, b, c]]`",
    "Fn::RefAll": "write `!RefAll AWS::EC2::VPC::Id`",
    "Fn::ValueOf": "write `!ValueOf [Parameter, Attribute]`",
    "Fn::ValueOfAll": "write `!ValueOfAll [AWS::EC2::Subnet::Id, VpcId]`",
}
