"""Settings that databases of RDS have with each engine: master user, first database, tokens."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from netful.engine.databases.connection_limits import limit_of
from netful.engine.names.managed_places import OF_MULTI_AZ, standbys_of
from netful.hosts.engines.settings import Missing, is_member, text
from netful.model import parameter_groups
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, is_true

CLUSTER = "AWS::RDS::DBCluster"
_CONNECTIONS, _MOST_CONNECTIONS = 100, 1000
_OF_SNAPSHOT = "netful"
"""The password of a master user that only a snapshot knows."""
_FORMULA = "{"  # such as {DBInstanceClassMemory/12582880}
_TRUE = {"1", "true", "on"}


class Master(Frozen):
    """The master user of a database, and the name of the first database; "" if the template names none."""

    user: str
    password: str
    database: str


def master_of(cloud: Cloud, database: Resource) -> Master:
    """Return the master user of a database. Raises Missing if the database cannot run, or user or password are not known."""
    if database.type == CLUSTER and not _has_instance(cloud, database):
        raise Missing("the cluster has no instance")
    user, password = (text(database.properties, name) for name in ("MasterUsername", "MasterUserPassword"))
    if restored_from(database):
        user, password = user or _usual_user(database), password or _OF_SNAPSHOT
    if user is None or password is None:
        raise Missing("the template has no master user with a password")
    name = text(database.properties, "DatabaseName" if database.type == CLUSTER else "DBName")
    return Master(user, password, name or "")


def restored_from(database: Resource) -> str:
    """Return the snapshot that a database is restored from; "" for a new one."""
    named = (database.properties.get(name) for name in ("DBSnapshotIdentifier", "SnapshotIdentifier"))
    return next((one for one in named if isinstance(one, str)), "")


def settings_of(cloud: Cloud, database: Resource, names: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    """Yield the parameters with these names that have a value; formulas of AWS's are not computed."""
    own = parameter_groups.of_database(cloud, database)
    return ((name, value) for name, value in own.items() if name in names and _FORMULA not in value)


def warning_of(cloud: Cloud, database: Resource, names: AbstractSet[str]) -> str:
    """Return what differs from AWS's database with these parameters; "" for nothing."""
    return "; ".join(_warnings(cloud, database, names))


def _warnings(cloud: Cloud, database: Resource, names: AbstractSet[str]) -> Iterator[str]:
    own = parameter_groups.of_database(cloud, database)
    formulas = ", ".join(f"`{name}`" for name, value in own.items() if name in names and _FORMULA in value)
    if formulas:
        yield f"the engine's default is used for {formulas}: netful does not compute the formulas of parameters"
    if OF_MULTI_AZ in database.properties and not standbys_of(cloud, database.id):
        yield "its reader endpoint leads to the writer, which accepts writes: AWS's readers refuse them"
    snapshot, master = restored_from(database), master_of(cloud, database)
    if snapshot:
        known = text(database.properties, "MasterUserPassword") is not None
        password = "the template's password" if known else f"the password `{_OF_SNAPSHOT}`"
        yield f"netful has no snapshot `{snapshot}`: it is empty, and its user is `{master.user}` with {password}; give it a `seed`"


def _usual_user(database: Resource) -> str:
    return "postgres" if "postgres" in str(database.properties.get("Engine")) else "admin"


def seed_of(cloud: Cloud, database: Resource) -> str:
    """Return the SQL that `netful.toml` has for a database; "" if it has none."""
    settings = cloud.compute.engine_settings.get(database.id)
    return settings.seed if settings else ""


def max_connections(cloud: Cloud, database: Resource) -> int:
    """Return the connections that the server of a database accepts: those of its class, as far as a machine has room."""
    return min(limit_of(cloud, database) or _CONNECTIONS, _MOST_CONNECTIONS)


def has_tokens(database: Resource) -> bool:
    """Return whether users of a database may show tokens of IAM."""
    return is_true(database.properties.get("EnableIAMDatabaseAuthentication"))


def is_on(value: str) -> bool:
    """Return whether the value of a parameter switches it on."""
    return value.lower() in _TRUE


def _has_instance(cloud: Cloud, cluster: Resource) -> bool:
    serverless = cluster.properties.get("EngineMode") == "serverless" or OF_MULTI_AZ in cluster.properties
    return serverless or any(is_member(one, cluster) for one in cloud.template.resources.values())
