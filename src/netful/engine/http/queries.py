"""Parameters of a query. In a REST API, a semicolon separates them as an ampersand does (api-gateway §5.2)."""

from urllib.parse import parse_qsl

from netful.engine.http.headers import by_name


def parameters(query: str, *, of_rest: bool) -> dict[str, list[str]]:
    """Return the values of each parameter, decoded."""
    return by_name(parse_qsl(query.replace(";", "&") if of_rest else query, keep_blank_values=True))
