"""The arrival of a request, as the segments of its trace have it: its client, its door, and what it asks for."""

from typing import Any

from netful.services.http.message import Request


def arrival(request: Request, asked: str) -> dict[str, Any]:
    """Return the members of a segment for a request to `asked`, in the words of `netful trace`."""
    door = request.connection.door
    return {
        "arrival": {
            "door": str(door.kind.value),
            "vpc": door.vpc_id,
            "endpoint": door.endpoint_id,
            "client": request.connection.client[0],
            "asked": asked,
        }
    }


def of_http(request: Request, status: int) -> dict[str, Any]:
    """Return the member `http` of a segment."""
    scheme = "https" if request.connection.tls else "http"
    agent = request.header("user-agent")
    asked = {
        "method": request.method,
        "url": f"{scheme}://{request.authority}{request.path}",
        "client_ip": request.connection.client[0],
    }
    return {"request": asked | ({"user_agent": agent} if agent else {}), "response": {"status": status}}
