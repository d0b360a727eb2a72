"""`netful export`: the running account as a template."""

from pathlib import Path

from netful.cli.options.stacks import StackOptions, connected


def export(*, stack: StackOptions = StackOptions()) -> int:  # noqa: B008  # frozen
    """Write the running account as a CloudFormation template: what was deployed to it, and what API calls made of it.

    Resources that AWS makes for an account, such as the default VPC, are left out. Values are resolved, and what refers to
    another resource is a `Ref` again.
    """
    written = connected(stack).call("export")
    print(Path(written["path"]).read_text(encoding="utf-8"), end="")
    return 0
