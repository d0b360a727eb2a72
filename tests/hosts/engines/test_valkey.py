"""A cache's server has the encryption, the passwords and the mode of its resource."""

import hashlib
from pathlib import Path

import pytest

from netful import sources
from netful.hosts.engines.engine import Engine, Installed, engine_of
from netful.hosts.engines.settings import Missing
from netful.hosts.engines.valkey import server

PROGRAM = Installed(1, Path("/usr/bin/valkey-server"))
TEMPLATE = """
Parameters:
  Token: {Type: String, NoEcho: true}
Resources:
  Cache: {CACHE}
  Group: {Type: AWS::ElastiCache::UserGroup, Properties: {Engine: redis, UserGroupId: g, UserIds: [!Ref App, idle]}}
  App:
    Type: AWS::ElastiCache::User
    Properties: {UserId: app, UserName: app, AccessString: "on ~app:*\\n+@all", AuthenticationMode: {Type: password, Passwords: [p]}}
  Idle: {Type: AWS::ElastiCache::User, Properties: {UserId: idle, UserName: default, AccessString: "off", NoPasswordRequired: true}}
  Parameters:
    Type: AWS::ElastiCache::ParameterGroup
    Properties: {Description: d, CacheParameterGroupFamily: valkey8, Properties: {maxmemory-policy: allkeys-lru, databases: 4}}
"""
GROUP = "{Type: AWS::ElastiCache::ReplicationGroup, Properties: {ReplicationGroupDescription: d, %s}}"
EVIL = r"""
  Evil:
    Type: AWS::ElastiCache::ParameterGroup
    Properties: {Description: d, CacheParameterGroupFamily: valkey8, Properties: {maxmemory-policy: "noeviction\nloadmodule x"}}
"""


@pytest.fixture
def made(tmp_path):
    def make(cache):
        (tmp_path / "template.yaml").write_text(TEMPLATE.replace("{CACHE}", cache))
        cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
        assert engine_of(cloud.template.resources["Cache"]) is Engine.VALKEY
        return server(cloud, cloud.template.resources["Cache"], PROGRAM)

    return make


@pytest.mark.parametrize(
    ("cache", "there", "missing"),
    [
        ("{Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: redis, Port: 6380}}", ["port 6380"], "tls-port"),
        (GROUP % "TransitEncryptionEnabled: true", ["port 0", "tls-port 6379"], "requirepass"),
        (GROUP % "AuthToken: 'a \"token\"'", ["port 6379", 'requirepass "a \\"token\\""'], "cluster-enabled"),
        (GROUP % "NumNodeGroups: 2", ["cluster-enabled yes"], "tls-port"),
        (GROUP % "CacheParameterGroupName: default.redis7.cluster.on", ["cluster-enabled yes"], "tls-port"),
        (
            GROUP % "CacheParameterGroupName: !Ref Parameters",
            ["maxmemory-policy allkeys-lru", "databases 4"],
            "cluster-enabled",
        ),
        ("{Type: AWS::ElastiCache::ServerlessCache, Properties: {Engine: valkey}}", ["tls-cluster yes"], "aclfile"),
        ("{Type: AWS::MemoryDB::Cluster, Properties: {ACLName: open-access}}", ["tls-port 6379"], "aclfile"),
        ("{Type: AWS::MemoryDB::Cluster, Properties: {TLSEnabled: false}}", ["cluster-enabled yes"], "tls-port"),
    ],
)
def test_settings_of_the_resource(made, cache, there, missing):
    made = made(cache)
    lines = made.files["server.conf"].splitlines()
    assert set(there) <= set(lines)
    assert missing not in made.files["server.conf"] + made.command
    assert bool(made.certificate_names) == any(line.startswith("tls-port") for line in lines)


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ("", {"tls-port 6379", "port 0"}),
        (", TransitEncryptionMode: required", {"tls-port 6379", "port 0"}),
        (", TransitEncryptionMode: preferred", {"bind 127.0.0.1", "port 6379"}),  # behind a front
    ],
)
def test_a_cache_that_prefers_tls_listens_behind_a_front(made, more, lines):
    found = made(GROUP % f"TransitEncryptionEnabled: true{more}")
    assert lines <= {*found.files["server.conf"].splitlines()}
    assert found.certificate_names
    assert found.warning == ""


def test_node_of_a_cluster_has_all_slots_and_the_name(made):
    named = "{Type: AWS::ElastiCache::ServerlessCache, Properties: {ServerlessCacheName: cache, Engine: valkey}}"
    nodes = made(named).files["nodes.conf"]
    assert "cache.netful.cache.amazonaws.com" in nodes
    assert nodes.splitlines()[0].endswith("connected 0-16383")


def test_users_of_a_group(made):
    users = made(GROUP % "UserGroupIds: [!Ref Group]").files["users.acl"].splitlines()
    secret = hashlib.sha256(b"p").hexdigest()
    assert users == [f"user app on ~app:* +@all #{secret}", "user default off nopass"]


@pytest.mark.parametrize("setting", ["AuthToken: !Ref Token", "UserGroupIds: [elsewhere]"])
def test_no_server_with_a_guess(made, setting):
    with pytest.raises(Missing):
        made(GROUP % setting)


def test_template_writes_no_settings(made):
    cache = GROUP % r"""AuthToken: "a\nloadmodule x", CacheParameterGroupName: !Ref Evil, UserGroupIds: [!Ref Group]"""
    made = made(cache + EVIL)
    assert not [line for line in made.files["server.conf"].splitlines() if line.startswith("loadmodule")]
    assert len(made.files["users.acl"].splitlines()) == 2


def test_memcached_is_another_engine(tmp_path):
    cache = "{Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: memcached}}"
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("{CACHE}", cache))
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
    assert engine_of(cloud.template.resources["Cache"]) is Engine.MEMCACHED


@pytest.mark.parametrize(
    ("cache", "warned"),
    [
        (GROUP % "NumCacheClusters: 2", True),
        (GROUP % "NumCacheClusters: 1", False),
        (GROUP % "NumNodeGroups: 1, ReplicasPerNodeGroup: 1", True),
        ("{Type: AWS::ElastiCache::CacheCluster, Properties: {Engine: redis}}", False),
    ],
)
def test_a_reader_that_accepts_writes_is_named(made, cache, warned):
    assert ("READONLY" in made(cache).warning) is warned
