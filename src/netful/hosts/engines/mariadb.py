"""MariaDB as a database of RDS or Aurora with MariaDB or MySQL (hosts §3).

| of the template | here |
|---|---|
| master user and password | a user with the privileges that RDS gives: all but SUPER, FILE and the like |
| database name | a database, if the template has the name |
| `require_secure_transport` | connections without TLS are refused |
| instance class | `max_connections`, at most 1,000 |
| parameters in `_PARAMETERS` | settings |
| `time_zone` | the zone of the server's clock: `NOW()` is the same, `@@time_zone` is `SYSTEM` |
| MySQL, or another version | the installed MariaDB, with a warning |
| `seed` of `netful.toml` | run once in the first database, before the server starts |
| readers | fronts of the same server (`hosts.fronts`) |
| standbys, storage, backups | none |

Data is copied from a template data folder, which `template` makes once. What was committed is there after a kill; a loss of power
may lose the last seconds.
"""

import hashlib
import shlex
from collections.abc import Iterator
from pathlib import Path

from netful.hosts.engines.engine import Installed
from netful.hosts.engines.rds import Master, is_on, master_of, max_connections, seed_of, settings_of, warning_of
from netful.hosts.engines.server import HOST, PORT, Client, Server
from netful.hosts.engines.settings import major_of, names_of, port_of, text
from netful.model import parameter_groups
from netful.model.cloud import Cloud
from netful.model.core import Resource

DATA = "data"
_PRIVILEGES = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, "
    "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER"
)
_SECURE = "require_secure_transport"
_PARAMETERS = {
    "character_set_server", "collation_server", "event_scheduler", "group_concat_max_len", "init_connect",
    "innodb_lock_wait_timeout", "innodb_strict_mode", "interactive_timeout", "local_infile", "lock_wait_timeout",
    "long_query_time", "max_allowed_packet", "net_read_timeout", "net_write_timeout", "slow_query_log",
    "sql_mode", "transaction_isolation", "wait_timeout",
}  # fmt: skip
_SCRIPTS = (
    "mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql",
    "maria_add_gis_sp_bootstrap.sql", "mariadb_sys_schema.sql",
)  # fmt: skip
# The files of the template and of each copy have the same form.
_FORM = """innodb-data-file-path = ibdata1:4M:autoextend
innodb-autoextend-increment = 1
innodb-undo-tablespaces = 0
innodb-log-file-size = 4M
innodb-temp-data-file-path = ibtmp1:4M:autoextend
innodb-buffer-pool-size = 32M
innodb-use-native-aio = 0
"""
_SETTINGS = """bind-address = *
socket = /run/mariadb.sock
pid-file = /run/mariadb.pid
skip-name-resolve
skip-log-bin
performance-schema = 0
innodb-doublewrite = 0
innodb-flush-log-at-trx-commit = 2
key-buffer-size = 1M
aria-pagecache-buffer-size = 8M
tls-version = TLSv1.2,TLSv1.3
character-set-server = utf8mb4
"""
_START = """set -e
cd "$HOME"
[ -d {data} ] || {{ cp -a --reflink=auto {template} copied && mv copied {data}; }}
users=
[ -e {data}/{done} ] || {{ rm -f {data}/users-*; users=--init-file="$HOME/users.sql"; }}
{seed}{zone}exec {program} --defaults-file="$HOME/server.conf" --datadir="$HOME/{data}" \
    --ssl-cert="$HOME/certificate.pem" --ssl-key="$HOME/key.pem" $users
"""
_SEED = """cmp -s seed.sql {data}/seed.sql || {{
    cat begin.sql seed.sql | {program} --defaults-file="$HOME/server.conf" --bootstrap --datadir="$HOME/{data}"
    cp seed.sql {data}/seed.sql
}}
"""
_MAKE = """set -e
cd "$HOME"
mkdir -p {data}/mysql
(cat before.sql; cd {share}; cat {scripts}; cat "$HOME/after.sql") > statements.sql
{program} --defaults-file="$HOME/server.conf" --bootstrap --datadir="$HOME/{data}" --enforce-storage-engine= < statements.sql
"""
_BEFORE = """CREATE DATABASE IF NOT EXISTS mysql;
USE mysql;
SET @auth_root_socket = NULL;
SET @skip_auth_anonymous = 1;
"""
_AFTER = """DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';
DELETE FROM mysql.proxies_priv;
"""


def template(program: Installed) -> Server:
    """Return the program that makes the template data folder, in the part `DATA` of its folder."""
    share = program.path.parent.parent / "share/mariadb"
    return Server(
        id="mariadb",
        command=_MAKE.format(data=DATA, program=program.path, share=share, scripts=" ".join(_SCRIPTS)),
        files={"server.conf": f"[mysqld]\n{_FORM}", "before.sql": _BEFORE, "after.sql": _AFTER},
        engine=f"mariadb-{program.major}",
        data=DATA,
    )


def server(cloud: Cloud, database: Resource, program: Installed, made: Path) -> Server:
    """Return the server of a database, whose template data is in `made`. Raises Missing if a user or password is not known."""
    master = master_of(cloud, database)
    statements = "".join(f"{line}\n" for line in _users(master))
    seed = seed_of(cloud, database)
    done = f"users-{hashlib.sha256(statements.encode()).hexdigest()[:16]}"
    return Server(
        id=database.id,
        command=_START.format(
            data=DATA,
            template=shlex.quote(str(made)),
            program=program.path,
            done=done,
            zone=_zone(cloud, database),
            seed=_SEED.format(data=DATA, program=program.path) if seed else "",
        ),
        files={
            "server.conf": "".join(f"{line}\n" for line in _lines(cloud, database)),
            "users.sql": f"{statements}SELECT 1 INTO OUTFILE '{done}';\n",  # the file is made after all statements
            **({"begin.sql": _begin(master), "seed.sql": _ended(seed)} if seed else {}),
        },
        certificate_names=names_of(cloud, database),
        origin=database.origin,
        engine=f"mariadb {program.major}",
        ready="ready for connections",
        readable=(str(made),),
        template=template(program),
        data=DATA,
        warning="; ".join(filter(None, (_warning(database, program), warning_of(cloud, database, _PARAMETERS)))),
        client=_client(master),
    )


def _client(master: Master) -> Client:
    options = ("--no-defaults", "--ssl", "--skip-ssl-verify-server-cert", "--user", master.user)
    where = ("--host", HOST, "--port", PORT, *((master.database,) if master.database else ()))
    return Client(("mariadb", *options, *where), "mariadb-client-core", {"MYSQL_PWD": master.password})


def _ended(seed: str) -> str:
    """Return SQL whose last statement ends, once: the server takes an empty one for an error."""
    whole = seed.rstrip()
    return f"{whole}\n" if whole.endswith(";") else f"{whole}\n;\n"


def _warning(database: Resource, program: Installed) -> str:
    """Return what differs from the template's engine; "" if nothing does."""
    if not str(database.properties.get("Engine")).lower().startswith("mariadb"):
        return f"MariaDB {program.major} runs in place of MySQL: SQL that only MySQL has fails"
    return program.warning("MariaDB", major_of(text(database.properties, "EngineVersion")))


def _lines(cloud: Cloud, database: Resource) -> Iterator[str]:
    own = parameter_groups.of_database(cloud, database)
    yield f"[mysqld]\n{_FORM}{_SETTINGS}port = {port_of(database)}"
    yield f"require-secure-transport = {int(is_on(own.get(_SECURE, '0')))}"
    yield f"max-connections = {max_connections(cloud, database)}"
    for name, value in settings_of(cloud, database, _PARAMETERS):
        yield f"loose-{name} = {_setting(value)}"


def _zone(cloud: Cloud, database: Resource) -> str:
    """Return the setting of the server's time zone: the names of zones are not in its tables."""
    zone = parameter_groups.of_database(cloud, database).get("time_zone")
    return f"export TZ={shlex.quote(zone)}\n" if zone else ""


def _users(master: Master) -> Iterator[str]:
    """Yield the statements that make the master user and the database, each on a line."""
    user = f"{_literal(master.user)}@'%'"
    yield f"CREATE USER IF NOT EXISTS {user};"
    yield f"ALTER USER {user} IDENTIFIED BY PASSWORD '{_hash(master.password)}';"
    yield f"GRANT {_PRIVILEGES} ON *.* TO {user} WITH GRANT OPTION;"
    if master.database:
        yield f"CREATE DATABASE IF NOT EXISTS {_name(master.database)};"


def _begin(master: Master) -> str:
    """Return the statements before a seed: they select the first database, if there is one."""
    name = _name(master.database) if master.database else ""
    return f"CREATE DATABASE IF NOT EXISTS {name};\nUSE {name};\n" if name else ""


def _hash(password: str) -> str:
    """Return a password as the server stores it (`mysql_native_password`), so that it is in no file and no log."""
    inner = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return "*" + hashlib.sha1(inner, usedforsecurity=False).hexdigest().upper()


def _name(value: str) -> str:
    """Return an identifier as SQL."""
    escaped = value.replace("`", "``").replace("\n", " ")
    return f"`{escaped}`"


def _setting(value: str) -> str:
    """Return a value as the configuration file has it."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\n", " ")
    return f'"{escaped}"'


def _literal(value: str) -> str:
    """Return a text as SQL, on one line: the end of a line ends a statement."""
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace("\r", " ").replace("\n", " ")
    return f"'{escaped}'"
