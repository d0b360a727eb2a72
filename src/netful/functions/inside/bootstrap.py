"""The Python runtime as a separate program: /var/runtime/bootstrap.py, which a function's wrapper script starts.

Without a wrapper a sandbox is forked with the runtime in it (`runtime`); the paths are the same.
"""

import os
import sys


def main() -> None:
    """Run the function's handler for each event."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    first = ["/var/task", f"/opt/python/lib/{version}/site-packages", "/opt/python"]
    sys.path[:] = list(dict.fromkeys([*first, *(path for path in sys.path if path)]))

    from awslambdaric import bootstrap  # noqa: PLC0415  # found by the path above
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient  # noqa: PLC0415  # same

    bootstrap.run(os.environ["_HANDLER"], LambdaRuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"]))


if __name__ == "__main__":
    main()
