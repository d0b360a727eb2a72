"""Functions of a description: who may invoke them, and their URLs."""

from collections.abc import Iterator

from netful.model.core import Unknown
from netful.model.functions.compute import qualified
from netful.sources.described import function_policies
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
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

    The policy of a function is not that of its versions and aliases, whose statements name them.
    """
    policies: dict[str, list[Item]] = {}
    for item in description.of("lambda.Policies"):
        policies.setdefault(item.text("FunctionName"), []).append(item)
    for function in description.of("Functions"):
        name = function.text("FunctionName")
        of_one = Unknown("not described", (f"who may invoke versions and aliases of {name}",))
        yield f"{name}/policies", _KIND, function, {"FunctionName": name, "Principal": of_one, "Qualifier": of_one}
        granted = [(item, list(function_policies.grants(item.text("Policy")))) for item in policies.get(name, ())]
        if all(each and all("Qualifier" in one for one in each) for _, each in granted):
            who = Unknown("not described", (f"who may invoke {name} (`aws lambda get-policy --function-name {name}`)",))
            grant = {"FunctionName": name, "Action": "lambda:InvokeFunction", "Principal": who}
            yield f"{name}/policy", _KIND, function, grant
        every = ((item, one) for item, each in granted for one in each)
        for number, (item, grant) in enumerate(every, 1):
            yield f"{name}/policy/{number}", _KIND, item, {"FunctionName": name, **grant}


_KIND = "AWS::Lambda::Permission"
