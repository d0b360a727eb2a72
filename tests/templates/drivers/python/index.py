"""One query by each driver: the event is the driver's name."""

import asyncio
import os
import ssl

POSTGRES, MARIA, CACHE = (os.environ[name] for name in ("POSTGRES", "MARIA", "CACHE"))
USER = {"user": "app", "password": "a-long-password", "database": "orders"}
QUERY = "select 6 * 7"


def psycopg():
    import psycopg

    with psycopg.connect(
        host=POSTGRES, user="app", password=USER["password"], dbname="orders", sslmode="require"
    ) as db:
        return db.execute(QUERY).fetchone()[0]


def bundle():
    """AWS's bundle, as code brings it along."""
    import psycopg

    with psycopg.connect(
        host=POSTGRES,
        user="app",
        password=USER["password"],
        dbname="orders",
        sslmode="verify-full",
        sslrootcert="/var/task/certs/global-bundle.pem",
    ) as db:
        return db.execute(QUERY).fetchone()[0]


def asyncpg():
    import asyncpg

    async def ask():
        db = await asyncpg.connect(host=POSTGRES, ssl=ssl.create_default_context(), **USER)
        return await db.fetchval(QUERY)

    return asyncio.run(ask())


def pg8000():
    from pg8000.native import Connection

    with Connection(host=POSTGRES, ssl_context=ssl.create_default_context(), **USER) as db:
        return db.run(QUERY)[0][0]


def pymysql():
    import pymysql

    with pymysql.connect(host=MARIA, ssl=ssl.create_default_context(), **USER) as db, db.cursor() as cursor:
        cursor.execute(QUERY)
        return int(cursor.fetchone()[0])


def mysqlclient():
    import MySQLdb

    with MySQLdb.connect(host=MARIA, ssl_mode="VERIFY_IDENTITY", **USER) as db:
        cursor = db.cursor()
        cursor.execute(QUERY)
        return cursor.fetchone()[0]


def redis():
    from redis.cluster import RedisCluster

    with RedisCluster(host=CACHE, port=6379, ssl=True, ssl_cert_reqs="required") as cache:
        return sum(cache.set(f"key-{number}", number) for number in range(42))


def valkey():
    from valkey.cluster import ValkeyCluster

    with ValkeyCluster(host=CACHE, port=6379, ssl=True, ssl_cert_reqs="required") as cache:
        return sum(cache.set(f"key-{number}", number) for number in range(42))


def elasticache_auto_discovery():
    """The nodes, each of which has a part of the keys."""
    from elasticache_auto_discovery import discover
    from pymemcache.client.hash import HashClient

    nodes = [(address.decode(), int(port)) for _, address, port in discover(os.environ["NODES"], 3)]
    assert len(nodes) == 2
    cache = HashClient(nodes, connect_timeout=3, timeout=3)
    for number in range(43):
        cache.set(f"key-{number}", str(number))
    shares = [int(one.stats()[b"curr_items"]) for one in cache.clients.values()]
    return int(cache.get("key-42")) if sum(shares) == 43 and all(shares) else shares


def alembic():
    """A migration of SQLAlchemy's ORM, without files."""
    import sqlalchemy
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    where = sqlalchemy.URL.create("postgresql+psycopg", "app", USER["password"], POSTGRES, 5432, "orders")
    with sqlalchemy.create_engine(where).begin() as db:
        Operations(MigrationContext.configure(db)).create_table("answers", sqlalchemy.Column("a", sqlalchemy.Integer))
        db.execute(sqlalchemy.text("insert into answers values (42)"))
        return db.execute(sqlalchemy.text("select a from answers")).scalar()


def handler(event, _context):
    return globals()[event]()
