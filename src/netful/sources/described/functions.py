"""Functions of a description: who may invoke them, and their URLs."""

from collections.abc import Iterator
from typing import Any

from netful.model.core import Unknown
from netful.model.functions.compute import qualified
from netful.sources.described.apis.parts import policy
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration
from netful.sources.described.same_names import bare

_OF_FUNCTIONS = (
    "Handler", "Runtime", "Timeout", "MemorySize", "Environment", "VpcConfig", "Role", "DurableConfig",
    "TenancyConfig", "PackageType", "CapacityProviderConfig",
)  # fmt: skip
"""Members of a function that are properties of the same name."""


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

    The policy of a function is not that of its versions and aliases.
    """
    policies = {item.text("FunctionName"): item for item in description.of("lambda.Policies")}
    for function in description.of("Functions"):
        name = function.text("FunctionName")
        kind = "AWS::Lambda::Permission"
        of_one = Unknown("not described", (f"who may invoke versions and aliases of {name}",))
        yield f"{name}/policies", kind, function, {"FunctionName": name, "Principal": of_one, "Qualifier": of_one}
        if name not in policies:
            who = Unknown("not described", (f"who may invoke {name} (`aws lambda get-policy --function-name {name}`)",))
            yield (
                f"{name}/policy",
                kind,
                function,
                {"FunctionName": name, "Action": "lambda:InvokeFunction", "Principal": who},
            )
            continue
        document = policy(policies[name].text("Policy"))
        statements = document.get("Statement", []) if isinstance(document, dict) else []
        for number, statement in enumerate(s for s in statements if isinstance(s, dict) and s.get("Effect") == "Allow"):
            properties = {
                "FunctionName": name,
                "Action": statement.get("Action"),
                "Principal": _principal(statement.get("Principal")),
                **{name: _operand(statement.get("Condition"), key) for name, key in _OPERANDS.items()},
            }
            yield f"{name}/policy/{number + 1}", kind, policies[name], properties


def _principal(value: Any) -> Any:
    return next(iter(value.values()), None) if isinstance(value, dict) else value


_OPERANDS = {
    "SourceArn": "aws:sourcearn",
    "SourceAccount": "aws:sourceaccount",
    "FunctionUrlAuthType": "lambda:functionurlauthtype",
    "InvokedViaFunctionUrl": "lambda:invokedviafunctionurl",
}
"""Properties of a permission, and the condition keys that its statement has for them."""


def _operand(condition: Any, wanted: str) -> Any:
    """Return the value that a statement requires of a condition key."""
    for operands in condition.values() if isinstance(condition, dict) else ():
        for key, value in operands.items() if isinstance(operands, dict) else ():
            if key.lower() == wanted:
                return value
    return None
