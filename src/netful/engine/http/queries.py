"""Parameters of a query. In a REST API, a semicolon separates them as an ampersand does (api-gateway §5.2)."""

from urllib.parse import parse_qsl


def parameters(query: str, *, of_rest: bool) -> dict[str, list[str]]:
    """Return the values of each parameter, decoded."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.replace(";", "&") if of_rest else query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return values
