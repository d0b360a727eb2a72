"""`netful env`: the variables by which AWS's tools find the running account."""

from shlex import quote

from netful.cli.options.stacks import StackOptions, connected
from netful.library.stack import KEYS


def env(*, stack: StackOptions = StackOptions()) -> int:  # noqa: B008  # frozen
    """Print what a shell exports to deploy to the running account: `eval "$(netful env)"`.

    AWS's tools need the endpoint, a region and any credentials.
    """
    status = connected(stack).status()
    region = status["region"]
    values = {
        "AWS_ENDPOINT_URL": status["endpoint_url"],
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        **KEYS,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # else `data-127.0.0.1` for some operations
    }
    print("\n".join(f"export {name}={quote(value)}" for name, value in values.items()))
    return 0
