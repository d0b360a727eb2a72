"""PostgreSQL as a database of RDS or Aurora (hosts §2).

| of the template | here |
|---|---|
| master user and password | a role with `rds_superuser` that is no superuser |
| database name | a database of the master's, beside `postgres` |
| `rds.force_ssl`, and its default by version | connections without TLS are refused |
| instance class | `max_connections`, at most 1,000 |
| parameters in `_PARAMETERS` | settings |
| extensions | those that are installed, also without a superuser (`extensions`) |
| IAM authentication | a front verifies tokens of users with `rds_iam` (`hosts.fronts`); the server listens on the loopback |
| major version | that one if it is installed, else the newest one, with a warning |
| `seed` of `netful.toml` | run once in the first database, as the master, in one transaction |
| readers | fronts of the same server (`hosts.fronts`) |
| standbys, storage, backups | none |

Data is copied from a template cluster, which `TEMPLATE` makes once. What was committed is there after a kill; a loss of power may
lose the last seconds.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path

from netful.hosts.engines import extensions, rds
from netful.hosts.engines.engine import Installed
from netful.hosts.engines.scram import verifier
from netful.hosts.engines.server import HOST, PORT, Client, Server
from netful.hosts.engines.settings import major_of, names_of, port_of, text
from netful.model import parameter_groups
from netful.model.cloud import Cloud
from netful.model.core import Resource

DATA = "data"
_OWNER = "rdsadmin"
_ROLES = ("rds_superuser", "rds_iam", "rds_replication", "rds_password")
_OF_SUPERUSER = ("pg_monitor", "pg_signal_backend", "pg_checkpoint", "pg_use_reserved_connections")
# The first major version whose default is TLS only.
_FORCED_FROM, _FORCED_FROM_OF_AURORA, _NEWEST = 15, 17, 99
_PARAMETERS = {
    "bytea_output", "client_min_messages", "datestyle", "default_text_search_config", "default_transaction_isolation",
    "extra_float_digits", "idle_in_transaction_session_timeout", "idle_session_timeout", "intervalstyle", "lock_timeout",
    "log_connections", "log_disconnections", "log_min_duration_statement", "log_statement",
    "max_prepared_transactions", "search_path", "statement_timeout", "timezone", "work_mem",
}  # fmt: skip
_SETTINGS = """unix_socket_directories = ''
fsync = off
full_page_writes = off
shared_buffers = 16MB
jit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 64MB
min_wal_size = 2MB
logging_collector = off
password_encryption = 'scram-sha-256'
ssl = on
ssl_min_protocol_version = 'TLSv1.2'
"""
_START = """set -e
cd "$HOME"
[ -d {data} ] || {{ cp -a --reflink=auto {template} copied && mv copied {data}; }}
[ "$(cat {data}/PG_VERSION)" = {major} ] || {{ echo "its data is of PostgreSQL $(cat {data}/PG_VERSION)" >&2; exit 1; }}
rm -f {data}/postmaster.pid
cmp -s users.sql {data}/users.sql || {{
    {program} --single -F -D {data} postgres < users.sql > /dev/null
    cp users.sql {data}/users.sql
}}
{seed}exec {program} -D {data} -c config_file="$HOME/server.conf" -c hba_file="$HOME/clients.conf" \
    -c ident_file="$HOME/names.conf" -c ssl_ca_file="$SSL_CERT_FILE" -c ssl_cert_file="$HOME/certificate.pem" -c ssl_key_file="$HOME/key.pem"
"""
_SEED = """cmp -s seed.sql {data}/seed.sql || {{
    echo 'local all all trust' > seed.conf
    {folder}/pg_ctl -D {data} -w -s -l seed.log -o "-c config_file=$HOME/server.conf -c hba_file=$HOME/seed.conf \
        -c ident_file=$HOME/names.conf -c ssl=off -c listen_addresses= -c unix_socket_directories=/run" start
    {folder}/psql -X -q -1 -v ON_ERROR_STOP=1 -v VERBOSITY=terse -h /run -p {port} -U {owner} -d {name} -c {master} -f seed.sql > /dev/null && ended=0 || ended=$?
    {folder}/pg_ctl -D {data} -s -m fast stop
    [ $ended = 0 ]
    cp seed.sql {data}/seed.sql
}}
"""
_MAKE = """set -e
cd "$HOME"
{folder}/initdb --no-sync --wal-segsize=1 --locale=C.UTF-8 --encoding=UTF8 -A trust -U {owner} -D {data}
{program} --single -F -D {data} postgres < roles.sql > /dev/null
"""


def template(program: Installed) -> Server:
    """Return the program that makes the template cluster, in the part `DATA` of its folder."""
    roles = [f"CREATE ROLE {name};" for name in _ROLES]
    roles += [f"GRANT {name} TO rds_superuser WITH ADMIN OPTION;" for name in _OF_SUPERUSER]
    return Server(
        id="postgresql",
        command=_MAKE.format(folder=program.path.parent, program=program.path, owner=_OWNER, data=DATA),
        files={"roles.sql": "".join(f"{one}\n" for one in roles)},
        engine=f"postgresql-{program.major}",
        data=DATA,
    )


def server(cloud: Cloud, database: Resource, program: Installed, made: Path) -> Server:
    """Return the server of a database, whose template cluster is in `made`. Raises Missing if a user or password is not known."""
    master, own = rds.master_of(cloud, database), parameter_groups.of_database(cloud, database)
    wanted = major_of(text(database.properties, "EngineVersion"))
    seed, controls = rds.seed_of(cloud, database), extensions.trusted(program)
    warning = program.warning("PostgreSQL", wanted)
    return Server(
        id=database.id,
        command=_START.format(
            data=DATA,
            template=shlex.quote(str(made)),
            program=program.path,
            major=program.major,
            seed=_seeding(database, master, program) if seed else "",
        ),
        files={
            "server.conf": _SETTINGS + "".join(f"{line}\n" for line in _lines(cloud, database, own, wanted, program)),
            "clients.conf": "".join(
                f"{line}\n" for line in _admitted(database, master, forced=_is_forced(database, own, wanted))
            ),
            "names.conf": "",
            "users.sql": "".join(f"{line}\n" for line in _users(master)),
            **({"seed.sql": seed} if seed else {}),
            **{Path(file).name: content for file, content in controls.items()},
        },
        certificate_names=names_of(cloud, database),
        origin=database.origin,
        engine=f"postgresql {program.major}",
        ready="database system is ready to accept connections",
        readable=(str(made),),
        template=template(program),
        covered={file: Path(file).name for file in controls},
        data=DATA,
        warning="; ".join(filter(None, (warning, rds.warning_of(cloud, database, _PARAMETERS)))),
        client=_client(master),
    )


def _seeding(database: Resource, master: rds.Master, program: Installed) -> str:
    """Return the commands that run the seed, once for each content of it."""
    return _SEED.format(
        data=DATA, folder=program.path.parent, port=port_of(database), owner=_OWNER,
        name=shlex.quote(master.database or "postgres"),
        master=shlex.quote(f"SET SESSION AUTHORIZATION {_name(master.user)}"),
    )  # fmt: skip


def _client(master: rds.Master) -> Client:
    where = {"PGHOST": HOST, "PGPORT": PORT, "PGSSLMODE": "require"}
    who = {"PGUSER": master.user, "PGPASSWORD": master.password, "PGDATABASE": master.database or "postgres"}
    return Client(("psql",), "postgresql-client", where | who)


def _admitted(database: Resource, master: rds.Master, *, forced: bool) -> Iterator[str]:
    """Yield the lines that admit clients. With tokens of IAM there is a front, which shows a certificate of the user's name.

    The master may grant `rds_iam`, and so is a member; it has its password all the same.
    """
    if rds.has_tokens(database):
        yield f"hostssl all {_name(master.user)} 127.0.0.1/32 scram-sha-256"
        yield "hostssl all +rds_iam 127.0.0.1/32 cert"
    yield f"{'hostssl' if forced else 'host'} all all all scram-sha-256"


def _is_forced(database: Resource, own: dict[str, str], major: int) -> bool:
    """Return whether connections without TLS are refused; a version that is not written is AWS's newest."""
    aurora = str(database.properties.get("Engine")).startswith("aurora")
    by_version = (major or _NEWEST) >= (_FORCED_FROM_OF_AURORA if aurora else _FORCED_FROM)
    return rds.is_on(own.get("rds.force_ssl", "1" if by_version else "0"))


def _lines(cloud: Cloud, database: Resource, own: dict[str, str], major: int, program: Installed) -> Iterator[str]:
    yield f"port = {port_of(database)}"
    yield f"listen_addresses = '{'127.0.0.1' if rds.has_tokens(database) else '*'}'"
    yield f"rds.force_ssl = {int(_is_forced(database, own, major))}"
    yield f"max_connections = {rds.max_connections(cloud, database)}"
    if extensions.is_preloaded(program):
        yield f"shared_preload_libraries = '{extensions.PRELOADED}'"
    for name, value in rds.settings_of(cloud, database, _PARAMETERS):
        yield f"{name} = {_setting(value)}"


def _users(master: rds.Master) -> Iterator[str]:
    """Yield the statements that make the master user and the database. Those that were made before fail, without harm."""
    role, name = _name(master.user), master.database
    yield f"CREATE ROLE {role} LOGIN CREATEDB CREATEROLE;"
    yield f"ALTER ROLE {role} PASSWORD {_literal(verifier(master.user, master.password))};"
    yield f"GRANT {', '.join(_ROLES)} TO {role} WITH ADMIN OPTION;"
    yield f"ALTER DATABASE postgres OWNER TO {role};"
    if name and name != "postgres":
        yield f"CREATE DATABASE {_name(name)} OWNER {role};"


def _name(value: str) -> str:
    """Return an identifier as SQL."""
    escaped = value.replace('"', '""').replace("\n", " ")
    return f'"{escaped}"'


def _setting(value: str) -> str:
    """Return a value as the configuration file has it, where a backslash has a meaning."""
    return _literal(value.replace("\\", "\\\\"))


def _literal(value: str) -> str:
    """Return a text as SQL, on one line: the end of a line ends a statement."""
    escaped = value.replace("'", "''").replace("\n", " ")
    return f"'{escaped}'"
