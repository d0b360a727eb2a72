"""RabbitMQ as a broker of Amazon MQ (hosts §5).

| of the template | here |
|---|---|
| `Users` | the users of RabbitMQ, with their passwords; all are administrators of the virtual host `/` |
| the endpoint of AMQP | port 5671, TLS by the stack's authority, and no port without TLS |
| the web console and its API | none: nothing listens on 443 |
| a cluster of three nodes | one node |
| `Configuration`, `Logs`, the maintenance window | no effect |

It serves some seconds after its start, for which `netful up` does not wait. Its queues stay when it starts again.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from netful.hosts.engines.engine import Installed
from netful.hosts.engines.server import Server
from netful.hosts.engines.settings import Missing, major_of, names_of, port_of, text
from netful.model.cloud import Cloud
from netful.model.core import Resource, mappings

_DATA = "mnesia"
_HOSTS = "127.0.0.1 localhost\n"
_NAME_SERVICE = "passwd: files\ngroup: files\nhosts: files\n"
_INET = "{lookup, [file]}.\n"  # a name server that does not answer would cost seconds at the start
_SETTINGS = """listeners.tcp = none
listeners.ssl.default = {port}
ssl_options.certfile = certificate.pem
ssl_options.keyfile = key.pem
ssl_options.verify = verify_none
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
definitions.import_backend = local_filesystem
definitions.local.path = definitions.json
loopback_users = none
log.console = true
log.console.level = warning
"""
# Only the port of AMQP is one of the network's: the node's own ones are on its loopback.
_START = """set -e
cd "$HOME"
export RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_MNESIA_BASE="$HOME/{data}" RABBITMQ_LOG_BASE="$HOME" RABBITMQ_LOGS=-
export RABBITMQ_CONFIG_FILE="$HOME/rabbitmq" RABBITMQ_ENABLED_PLUGINS_FILE="$HOME/enabled_plugins"
export RABBITMQ_CONF_ENV_FILE="$HOME/environment" ERL_INETRC="$HOME/inetrc" ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {{127,0,0,1}}"
exec /bin/sh {program}
"""


def server(cloud: Cloud, broker: Resource, program: Installed) -> Server:
    """Return the server of a broker. Raises Missing if a user's password is not known."""
    users = [*_users(broker)]
    if not users:
        raise Missing("the template has no user with a password")
    return Server(
        id=broker.id,
        command=_START.format(data=_DATA, program=program.path),
        files={
            "rabbitmq.conf": _SETTINGS.format(port=port_of(broker)),
            "definitions.json": msgspec.json.encode(_definitions(users)).decode(),
            "enabled_plugins": "[].\n",
            "environment": "",
            "inetrc": _INET,
            "hosts": _HOSTS,
            "nsswitch.conf": _NAME_SERVICE,
        },
        certificate_names=names_of(cloud, broker),
        origin=broker.origin,
        engine=f"rabbitmq {program.major}",
        ready="completed with",
        covered={"/etc/hosts": "hosts", "/etc/nsswitch.conf": "nsswitch.conf"},
        data=_DATA,
        warning=program.warning("RabbitMQ", major_of(text(broker.properties, "EngineVersion"))),
        slow=True,
    )


def _users(broker: Resource) -> Iterator[tuple[str, str]]:
    for one in mappings(broker.properties.get("Users")):
        name, password = text(one, "Username"), text(one, "Password")
        if name and password:
            yield name, password


def _definitions(users: list[tuple[str, str]]) -> Mapping[str, Any]:
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": name,
                "password_hash": _hashed(name, password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"],
            }
            for name, password in users
        ],
        "permissions": [{"user": name, "vhost": "/", **everything} for name, _ in users],
    }


def _hashed(name: str, password: str) -> str:
    """Return a password as RabbitMQ keeps it. The salt follows from the name: another salt would be a change of the server."""
    salt = hashlib.sha256(name.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
