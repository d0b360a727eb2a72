"""Work that is done before the web server starts."""

print("tables are up to date", flush=True)  # noqa: T201  # the log of the container
