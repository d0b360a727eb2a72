"""Pages of a user pool's domain."""

from html import escape

from netful.services.http.message import Response

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><h1>{title}</h1>{content}</body></html>"
)
_FORM = (
    '<p>{message}</p><form method="post"><label>Username <input name="username" autocomplete="username" value="{username}">'
    '</label><label>Password <input name="password" type="password" autocomplete="current-password"></label>{more}'
    "<button>Sign in</button></form>"
)
_SECOND_FIELD = '<label>New password <input name="new_password" type="password" autocomplete="new-password"></label>'


def form(message: str = "", username: str = "", *, new_password: bool = False) -> Response:
    """Return the page with the form for the user's name and password."""
    more = _SECOND_FIELD if new_password else ""
    return _page(200, "Sign in", _FORM.format(message=escape(message), username=escape(username), more=more))


def error(text: str) -> Response:
    """Return the page that reports an error of the application's request."""
    return _page(400, "Error", f"<p>{escape(text)}</p>")


def _page(status: int, title: str, content: str) -> Response:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"))
    return Response(status, headers, _PAGE.format(title=title, content=content).encode())
