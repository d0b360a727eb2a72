"""Functions of a description: who may invoke them, and their URLs.

A permission is for one principal and one value of each condition, so a statement with several is as many permissions. A statement
with anything else, such as `NotPrincipal` or an operator that no permission has, depends on what is not known.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from netful.model.core import Unknown, listed
from netful.model.functions.compute import qualified
from netful.sources.described.apis.parts import policy
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.described.same_names import bare

_OF_FUNCTIONS = (
    "Handler", "Runtime", "Timeout", "MemorySize", "Environment", "VpcConfig", "Role", "DurableConfig",
    "TenancyConfig", "PackageType", "CapacityProviderConfig",
)  # fmt: skip
"""Members of a function that are properties of the same name."""
_KIND = "AWS::Lambda::Permission"
_EQUAL, _LIKE = ("stringequals",), ("arnlike", "arnequals", "stringlike")
_CONDITIONS = {
    "aws:sourcearn": ("SourceArn", _LIKE),
    "aws:sourceaccount": ("SourceAccount", _EQUAL),
    "aws:principalorgid": ("PrincipalOrgID", _EQUAL),
    "lambda:eventsourcetoken": ("EventSourceToken", _EQUAL),
    "lambda:functionurlauthtype": ("FunctionUrlAuthType", _EQUAL),
    "lambda:invokedviafunctionurl": ("InvokedViaFunctionUrl", ("bool",)),
}
"""Condition keys that permissions have: the property of each, and its operators."""

_MEMBERS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def declarations(description: Description) -> Iterator[Declaration]:
    """Yield the functions; their code is in AWS."""
    for item in description.of("Functions"):
        name = item.text("FunctionName")
        code = {"ZipFile": Unknown(why=f"the code of `{name}` is in AWS")}
        image = item.part("ImageConfigResponse").data.get("ImageConfig")
        properties = {key: item.data.get(key) for key in _OF_FUNCTIONS}
        further = {"FunctionName": bare(name), "Code": code, "ImageConfig": image}
        yield name, "AWS::Lambda::Function", item, {**properties, **further}


def access(description: Description) -> Iterator[Declaration]:
    """Yield the permissions to invoke functions, and the function URLs."""
    yield from _permissions(description)
    ids = {bare(id_): id_ for id_ in (item.text("FunctionName") for item in description.of("Functions"))}
    for item in description.of("FunctionUrlConfigs"):
        name, alias = qualified(item.text("FunctionArn"))
        function = ids.get(name, name)
        properties = {**item.data, "TargetFunctionArn": function, "Qualifier": alias or None}
        yield f"{function}/url{alias and f'/{alias}'}", "AWS::Lambda::Url", item, properties


def _permissions(description: Description) -> Iterator[Declaration]:
    """Yield the permissions to invoke functions; those of a policy that was not described are unknown.

    The policy of a function is not that of its versions and aliases, whose statements name them.
    """
    policies: dict[str, list[Item]] = {}
    for item in description.of("lambda.Policies"):
        policies.setdefault(item.text("FunctionName"), []).append(item)
    for function in description.of("Functions"):
        name = function.text("FunctionName")
        of_one = Unknown("not described", (f"who may invoke versions and aliases of {name}",))
        yield f"{name}/policies", _KIND, function, {"FunctionName": name, "Principal": of_one, "Qualifier": of_one}
        granted = [(item, list(_grants(item.text("Policy")))) for item in policies.get(name, ())]
        if all(each and all("Qualifier" in one for one in each) for _, each in granted):
            who = Unknown("not described", (f"who may invoke {name} (`aws lambda get-policy --function-name {name}`)",))
            grant = {"FunctionName": name, "Action": "lambda:InvokeFunction", "Principal": who}
            yield f"{name}/policy", _KIND, function, grant
        every = ((item, one) for item, each in granted for one in each)
        for number, (item, grant) in enumerate(every, 1):
            yield f"{name}/policy/{number}", _KIND, item, {"FunctionName": name, **grant}


def _grants(text: str) -> Iterator[dict[str, Any]]:
    """Yield the properties of the permissions in a policy. A Deny may refuse what any of them admits."""
    document = policy(text)
    if not isinstance(document, Mapping):
        yield _unknown("it is not JSON")
        return
    statements = [each for each in listed(document.get("Statement")) if isinstance(each, Mapping)]
    denied = any(each.get("Effect") != "Allow" for each in statements)
    for statement in statements:
        if statement.get("Effect") == "Allow":
            for grant in _of_statement(statement):
                yield grant | (_unknown("it has a Deny") if denied else {})


def _of_statement(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    conditions = list(_conditions(statement.get("Condition")))
    actions = {"Action": statement.get("Action"), "StatementId": statement.get("Sid")}
    for resource in listed(statement.get("Resource")) or [""]:
        qualifier = qualified(str(resource))[1]
        own = actions | ({"Qualifier": qualifier} if qualifier else {})
        if not _MEMBERS.issuperset(statement) or None in conditions:
            yield own | _unknown("netful does not read all of a statement")
            continue
        values = [[(name, value) for value in values] for name, values in filter(None, conditions)]
        for principal, *given in product(_principals(statement.get("Principal")), *values):
            yield own | {"Principal": principal} | dict(given)


def _conditions(written: Any) -> Iterator[tuple[str, list[Any]] | None]:
    """Yield the property and the values of each condition; None for one that no permission has."""
    for operator, operands in written.items() if isinstance(written, Mapping) else ():
        for key, values in operands.items() if isinstance(operands, Mapping) else ():
            name, operators = _CONDITIONS.get(key.lower(), ("", ()))
            yield (name, listed(values)) if operator.lower() in operators else None


def _principals(written: Any) -> list[Any]:
    return [each for one in written.values() for each in listed(one)] if isinstance(written, Mapping) else [written]


def _unknown(why: str) -> dict[str, Any]:
    return {"Principal": Unknown(f"a policy of a function: {why}")}
