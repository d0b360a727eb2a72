"""Valkey as a cache of ElastiCache or MemoryDB (hosts §4).

| of the template | here |
|---|---|
| transit encryption | TLS by the stack's authority, and no port without TLS; in the mode `preferred` by a front, and the server listens on the loopback |
| `AuthToken`, users of user groups, MemoryDB's ACLs | passwords and access strings, by the engine itself |
| cluster mode | one shard with all slots, which announces the cache's name |
| replicas, further shards, snapshots | none: the reader's name leads to the same server |
| parameters | `databases`, `maxmemory-policy` |
| commands that ElastiCache restricts | unknown to the server, except restricted subcommands of `ACL` and `CLUSTER` |
| memory | 256 MB, with eviction |
"""

import hashlib
from collections.abc import Iterator, Mapping

from netful.hosts.engines.engine import Installed
from netful.hosts.engines.server import HOST, PORT, Client, Server
from netful.hosts.engines.settings import Missing, names_of, port_of, text
from netful.model.cloud import Cloud
from netful.model.core import Resource, is_set, is_true, whole_number
from netful.model.parameter_groups import of_group

_MEMORY, _POLICY, _DATABASES = "256mb", "volatile-lru", 16
_POLICIES = {"noeviction", "volatile-ttl"} | {
    f"{keys}-{order}" for keys in ("allkeys", "volatile") for order in ("lru", "lfu", "random")
}
_SERVERLESS, _MEMORYDB = "AWS::ElastiCache::ServerlessCache", "AWS::MemoryDB::Cluster"
_GROUPS = ("AWS::ElastiCache::ParameterGroup", "AWS::MemoryDB::ParameterGroup")
_READER = "its reader endpoint leads to the primary, which accepts writes: a replica of AWS's refuses them (READONLY)"
_RESTRICTED = (
    "BGREWRITEAOF", "BGSAVE", "CONFIG", "DEBUG", "MIGRATE", "REPLICAOF", "SAVE", "SHUTDOWN", "SLAVEOF", "SYNC",
)  # fmt: skip
_SLOTS, _OPEN = "0-16383", "open-access"
_CLUSTER = """cluster-enabled yes
cluster-config-file nodes.conf
cluster-require-full-coverage no
cluster-preferred-endpoint-type hostname
"""


def server(cloud: Cloud, cache: Resource, program: Installed) -> Server:
    """Return the server of a cache. Raises Missing if a password is not known."""
    names, port = names_of(cloud, cache), port_of(cache)
    encrypted, clustered = _is_encrypted(cache) and not accepts_both(cache), _is_clustered(cloud, cache)
    files = {"server.conf": "".join(f"{line}\n" for line in _lines(cloud, cache, port, encrypted=encrypted))}
    users = _users(cloud, cache)
    if users:
        files["users.acl"] = "".join(f"{line}\n" for line in users)
    if clustered:
        files["nodes.conf"] = _one_shard(cache.id, port, names[0], encrypted=encrypted)
        files["server.conf"] += f"cluster-announce-hostname {names[0]}\n" + _CLUSTER
        files["server.conf"] += "tls-cluster yes\n" if encrypted else ""
    acl = ' --aclfile "$HOME/users.acl"' if users else ""
    return Server(
        id=cache.id,
        command=f'exec {program.path} "$HOME/server.conf" --dir "$HOME"{acl}',
        files=files,
        certificate_names=names if _is_encrypted(cache) else (),
        origin=cache.origin,
        ready="Cluster state changed: ok" if clustered else "Ready to accept connections",
        engine=program.path.name.removesuffix("-server") + (" in cluster mode" if clustered else ""),
        client=_client(cache, program, encrypted=_is_encrypted(cache), clustered=clustered),
        warning=_READER if _has_readers(cache) and not clustered else "",
    )


def accepts_both(cache: Resource) -> bool:
    """Return whether a cache accepts connections with and without TLS."""
    return _is_encrypted(cache) and cache.properties.get("TransitEncryptionMode") == "preferred"


def _has_readers(cache: Resource) -> bool:
    """Return whether a replication group has replicas, to which its reader endpoint leads."""
    if cache.type != "AWS::ElastiCache::ReplicationGroup":
        return False
    clusters, replicas = (cache.properties.get(name) for name in ("NumCacheClusters", "ReplicasPerNodeGroup"))
    return whole_number(clusters, 1) > 1 or whole_number(replicas, 0) > 0


def _client(cache: Resource, program: Installed, *, encrypted: bool, clustered: bool) -> Client:
    engine, token = program.path.name.removesuffix("-server"), text(cache.properties, "AuthToken")
    modes = (*(("--tls",) if encrypted else ()), *(("-c",) if clustered else ()))
    command = (f"{engine}-cli", "-h", HOST, "-p", PORT, *modes)
    return Client(command, f"{engine}-tools", {"REDISCLI_AUTH": token} if token else {})


def _lines(cloud: Cloud, cache: Resource, port: int, *, encrypted: bool) -> Iterator[str]:
    group = cache.properties.get("CacheParameterGroupName") or cache.properties.get("ParameterGroupName")
    yield "bind 127.0.0.1" if accepts_both(cache) else "bind * -::*"
    yield from ("protected-mode no", 'save ""', "appendonly no", "daemonize no")
    yield from (f'rename-command {command} ""' for command in _RESTRICTED)
    yield f"maxmemory {_MEMORY}"
    own = of_group(cloud, group, _GROUPS)
    yield f"databases {whole_number(own.get('databases')) or _DATABASES}"
    policy = own.get("maxmemory-policy")
    yield f"maxmemory-policy {policy if policy in _POLICIES else _POLICY}"
    if encrypted:
        yield from ("port 0", f"tls-port {port}", "tls-auth-clients no")
        yield from ("tls-cert-file certificate.pem", "tls-key-file key.pem", "tls-ca-cert-file certificate.pem")
    else:
        yield f"port {port}"
    token = text(cache.properties, "AuthToken")
    if token:
        yield f"requirepass {_quoted(token)}"


def _is_encrypted(cache: Resource) -> bool:
    if cache.type == _SERVERLESS:
        return True
    if cache.type == _MEMORYDB:
        written = cache.properties.get("TLSEnabled")
        return is_true(written) or not is_set(written)
    return is_true(cache.properties.get("TransitEncryptionEnabled"))


def _is_clustered(cloud: Cloud, cache: Resource) -> bool:
    properties = cache.properties
    if cache.type in {_SERVERLESS, _MEMORYDB}:
        return True
    if cache.type != "AWS::ElastiCache::ReplicationGroup":
        return False
    group = properties.get("CacheParameterGroupName")
    asked = of_group(cloud, group, _GROUPS).get("cluster-enabled") == "yes"
    by_name = isinstance(group, str) and group.endswith(".cluster.on")
    shards = whole_number(properties.get("NumNodeGroups"), 1) > 1 or bool(properties.get("NodeGroupConfiguration"))
    return asked or by_name or shards or str(properties.get("ClusterMode")).lower() == "enabled"


def _one_shard(cache_id: str, port: int, name: str, *, encrypted: bool) -> str:
    """Return the cluster file of a node that has all slots, so that it serves from its first moment."""
    node = hashlib.sha1(cache_id.encode(), usedforsecurity=False).hexdigest()
    shard = hashlib.sha1(f"{cache_id}/shard".encode(), usedforsecurity=False).hexdigest()
    ports = "tcp-port=0" if encrypted else "tls-port=0"
    line = f"{node} :{port}@{port + 10_000},{name},{ports},shard-id={shard} myself,master - 0 0 1 connected {_SLOTS}"
    return f"{line}\nvars currentEpoch 1 lastVoteEpoch 0\n"


def _users(cloud: Cloud, cache: Resource) -> list[str]:
    """Return the lines of the access control file; none if the cache has no user group. Raises Missing if one is not loaded."""
    users = [user for named in _groups(cache) for user in _members(cloud, named)]
    if users and "default" not in {user.partition(" ")[0] for user in users}:
        users.append("default off")
    return [" ".join(("user", *user.split())) for user in users]


def _groups(cache: Resource) -> list[str]:
    """Return the user groups of a cache, which MemoryDB calls access control lists."""
    written = cache.properties.get("UserGroupIds") or [cache.properties.get(n) for n in ("UserGroupId", "ACLName")]
    listed = written if isinstance(written, list) else [written]
    return [one for one in listed if isinstance(one, str) and one != _OPEN]


def _members(cloud: Cloud, group: str) -> Iterator[str]:
    found = _named(cloud, group, "AWS::ElastiCache::UserGroup", "AWS::MemoryDB::ACL")
    if found is None:
        raise Missing(f"its user group `{group}` is not loaded")
    for id_ in found.properties.get("UserIds") or found.properties.get("UserNames") or ():
        user = _named(cloud, str(id_), "AWS::ElastiCache::User", "AWS::MemoryDB::User")
        if user is not None:
            yield _user(user)
        elif id_ == "default":
            yield "default on nopass ~* &* +@all"
        else:
            raise Missing(f"its user `{id_}` is not loaded")


def _named(cloud: Cloud, name: str, *types: str) -> Resource | None:
    """Return the resource of these types with an id: the template's, or the one that it writes."""
    own = ("UserGroupId", "ACLName", "UserId", "UserName")
    every = cloud.template.of_type(*types)
    return next((one for one in every if name in (one.id, one.ref, *map(one.properties.get, own))), None)


def _user(user: Resource) -> str:
    name, access = text(user.properties, "UserName") or user.id, text(user.properties, "AccessString") or "on ~* +@all"
    mode = user.properties.get("AuthenticationMode")
    given = mode if isinstance(mode, Mapping) else user.properties
    if is_true(user.properties.get("NoPasswordRequired")) or given.get("Type") == "no-password-required":
        return f"{name} {access} nopass"
    listed = given.get("Passwords")
    passwords = [text({"Passwords": one}, "Passwords") or "" for one in (listed if isinstance(listed, list) else ())]
    return " ".join((name, access, *(f"#{hashlib.sha256(one.encode()).hexdigest()}" for one in passwords)))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
    return f'"{escaped}"'
