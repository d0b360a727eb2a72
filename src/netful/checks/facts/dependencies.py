"""Dependencies of resources in the words of their source: `DependsOn` of CloudFormation, `depends_on` of Terraform."""

import re

_TERRAFORM = re.compile(r"(^|\.)(aws|awscc)_\w+\.")


def dependency_word(name: str) -> str:
    """Return the word for the dependencies of a resource, by its name: Terraform's begins with its provider."""
    return "depends_on" if _TERRAFORM.search(name) else "DependsOn"


def dependency_on(name: str) -> str:
    """Return the dependency on a resource as its source writes it."""
    word = dependency_word(name)
    return f"`{word} = [{name}]`" if word == "depends_on" else f"`{word}: {name}`"
