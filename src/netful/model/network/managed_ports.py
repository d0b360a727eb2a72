"""Ports of AWS's databases, caches and file systems: by type and engine, unless the template sets one."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

from netful.model.core import Unknown, at, is_true, mapping, whole_number

_TYPES = {
    "AWS::RDS::DBInstance": 3306,
    "AWS::RDS::DBCluster": 3306,
    "AWS::RDS::DBProxy": 3306,
    "AWS::RDS::DBProxyEndpoint": 3306,
    "AWS::DocDB::DBCluster": 27017,
    "AWS::DocDB::DBInstance": 27017,
    "AWS::DocDBElastic::Cluster": 27017,
    "AWS::Neptune::DBCluster": 8182,
    "AWS::Neptune::DBInstance": 8182,
    "AWS::Redshift::Cluster": 5439,
    "AWS::Redshift::EndpointAccess": 5439,
    "AWS::RedshiftServerless::Workgroup": 5439,
    "AWS::Timestream::InfluxDBCluster": 8086,
    "AWS::Timestream::InfluxDBInstance": 8086,
    "AWS::ElastiCache::CacheCluster": 6379,
    "AWS::ElastiCache::ReplicationGroup": 6379,
    "AWS::ElastiCache::ServerlessCache": 6379,
    "AWS::MemoryDB::Cluster": 6379,
    "AWS::DAX::Cluster": 8111,
    "AWS::MSK::Cluster": 9094,
    "AWS::MSK::ServerlessCluster": 9098,
    "AWS::AmazonMQ::Broker": 5671,
    "AWS::Transfer::Server": 22,
    "AWS::FSx::FileCache": 988,
    "AWS::FSx::FileSystem": 2049,
    "AWS::EFS::FileSystem": 2049,
    "AWS::EFS::MountTarget": 2049,
    "AWS::S3Files::FileSystem": 2049,
    "AWS::S3Files::MountTarget": 2049,
}
_BROKERS = "AWS::MSK::Cluster"
_WRITTEN = {"AWS::Neptune::DBCluster": "DBPort"}
# The property that decides about the port: the engine, for most types.
_DECIDING = {
    "AWS::AmazonMQ::Broker": "EngineType",
    "AWS::DAX::Cluster": "ClusterEndpointEncryptionType",
    "AWS::FSx::FileSystem": "FileSystemType",
    "AWS::RDS::DBProxy": "EngineFamily",
    "AWS::Transfer::Server": "Protocols",
}
# Prefix of its value, and the ports, the usual one first; the first match applies.
_DECIDED: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("aurora-postgresql", (5432,)),
    ("postgres", (5432,)),
    ("oracle", (1521,)),
    ("custom-oracle", (1521,)),
    ("sqlserver", (1433,)),
    ("custom-sqlserver", (1433,)),
    ("db2", (50000,)),
    ("memcached", (11211,)),
    ("activemq", (61617, 5671, 61614, 8883, 61619)),
    ("tls", (9111,)),
    ("lustre", (988,)),
    ("ontap", (2049, 445, 3260)),
    ("openzfs", (2049,)),
    ("windows", (445, 5985)),
    ("sftp", (22,)),
    ("ftp", (21,)),
    ("as2", (5080,)),
)
_ADMITTED = ("Sasl.Iam", "Sasl.Scram", "Tls", "Unauthenticated")
_OF_BROKERS = (
    *(f"ClientAuthentication.{name}.Enabled" for name in _ADMITTED),
    "ClientAuthentication.Tls.CertificateAuthorityArnList",
    "EncryptionInfo.EncryptionInTransit.ClientBroker",
)
"""The properties that decide about the ports of Kafka's brokers."""
_ATTRIBUTES = {
    "AWS::RDS::DBInstance": ("Endpoint.Port",),
    "AWS::RDS::DBCluster": ("Endpoint.Port",),
    "AWS::DocDB::DBCluster": ("Port",),
    "AWS::DocDB::DBInstance": ("Port",),
    "AWS::Neptune::DBCluster": ("Port",),
    "AWS::Neptune::DBInstance": ("Port",),
    "AWS::Redshift::Cluster": ("Endpoint.Port",),
    "AWS::RedshiftServerless::Workgroup": ("Workgroup.Endpoint.Port",),
    "AWS::ElastiCache::CacheCluster": ("RedisEndpoint.Port", "ConfigurationEndpoint.Port"),
    "AWS::ElastiCache::ReplicationGroup": ("PrimaryEndPoint.Port", "ConfigurationEndPoint.Port", "ReaderEndPoint.Port"),
    "AWS::ElastiCache::ServerlessCache": ("Endpoint.Port", "ReaderEndpoint.Port"),
    "AWS::MemoryDB::Cluster": ("ClusterEndpoint.Port",),
}


SERVERLESS_CACHE = "AWS::ElastiCache::ServerlessCache"
READER_PORT = 6380
"""Port of the reader's endpoint of a serverless cache."""


def is_managed(kind: str) -> bool:
    """Return whether resources of a type have a default port."""
    return kind in _TYPES


def gives_port(kind: str, attribute: str) -> bool:
    """Return whether an attribute of a type is its port."""
    return attribute in _ATTRIBUTES.get(kind, ())


def deciding(kind: str) -> tuple[str, str]:
    """Return the properties of a type that decide about its port: the port itself, and the engine or what is like it."""
    return _WRITTEN.get(kind, "Port"), _DECIDING.get(kind, "Engine")


def undecided(kind: str, properties: Mapping[str, Any]) -> str:
    """Return the property of a managed type whose unknown value decides about its ports; "" if they are known."""
    port, engine = deciding(kind)
    names = (port,) if properties.get(port) is not None else _OF_BROKERS if kind == _BROKERS else (engine,)
    return next((name for name in names if isinstance(_nearest(properties, name), Unknown)), "")


def _nearest(properties: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path of names, or the unknown one on the way."""
    value: Any = properties
    for name in path.split("."):
        value = value if isinstance(value, Unknown) else mapping(value).get(name)
    return value


def port_of(kind: str, properties: Mapping[str, Any]) -> int:
    """Return the usual port of a resource of a managed type."""
    return ports_of(kind, properties)[0]


def ports_of(kind: str, properties: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the ports of a resource of a managed type, the usual one first: as written, else its engine's, else its type's."""
    port, engine = map(properties.get, deciding(kind))
    written = whole_number(port)
    if written is not None:
        return (written,)
    engines = engine if isinstance(engine, list) else [engine]
    decided = [ports for one in engines if isinstance(one, str) for ports in _decided(one.lower())]
    found = _of_brokers(properties) if kind == _BROKERS else chain.from_iterable(decided)
    return tuple(dict.fromkeys(found)) or (_TYPES[kind],)


def _decided(value: str) -> Iterator[tuple[int, ...]]:
    """Yield the ports of the first value that a property begins with."""
    return islice((ports for name, ports in _DECIDED if value.startswith(name)), 1)


def _of_brokers(properties: Mapping[str, Any]) -> Iterator[int]:
    """Yield the ports of a Kafka cluster's brokers: for IAM, for SCRAM, for TLS and for plain text, as clients are admitted."""
    admitted = {name: is_true(at(properties, f"ClientAuthentication.{name}.Enabled")) for name in _ADMITTED}
    certificates = admitted["Tls"] or at(properties, "ClientAuthentication.Tls.CertificateAuthorityArnList")
    plain = str(at(properties, "EncryptionInfo.EncryptionInTransit.ClientBroker") or "TLS").upper()
    anybody = admitted["Unauthenticated"] or not (any(admitted.values()) or certificates)
    if admitted["Sasl.Iam"]:
        yield 9098
    if admitted["Sasl.Scram"]:
        yield 9096
    if certificates or (anybody and plain != "PLAINTEXT"):
        yield 9094
    if anybody and "PLAINTEXT" in plain:
        yield 9092
