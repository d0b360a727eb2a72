"""PostgreSQL's extensions that RDS lets its users create, and PostgreSQL only superusers.

PostgreSQL decides by the word `trusted` in an extension's control file: a server of netful sees copies of these files that have it.
"""

from collections.abc import Mapping
from pathlib import Path

from netful.hosts.engines.engine import Installed

PRELOADED = "pg_stat_statements"
"""The library that RDS's default parameter group loads."""

_NAMES = (
    "amcheck", "autoinc", "bloom", "dblink", "dict_xsyn", "earthdistance", "insert_username", "moddatetime", "pg_buffercache",
    "pg_freespacemap", "pg_prewarm", "pg_stat_statements", "pg_visibility", "pg_walinspect", "pgrowlocks", "pgstattuple",
    "postgis", "postgis_raster", "postgis_tiger_geocoder", "postgis_topology", "postgres_fdw", "refint", "sslinfo", "vector", "xml2",
)  # fmt: skip


def trusted(program: Installed) -> Mapping[str, str]:
    """Return the control files of the extensions that are installed, with what they contain for a server."""
    folder = _folder(program)
    files = (folder / f"{name}.control" for name in _NAMES)
    return {str(file): f"{file.read_text(encoding='utf-8')}\ntrusted = true\n" for file in files if file.is_file()}


def is_preloaded(program: Installed) -> bool:
    """Return whether the library that RDS loads is installed."""
    return (_folder(program) / f"{PRELOADED}.control").is_file()


def _folder(program: Installed) -> Path:
    """Return the folder of the extensions: Debian's, else that of a program with a prefix of its own."""
    debian = Path(f"/usr/share/postgresql/{program.major}/extension")
    own = program.path.parent.parent / "share"
    return next((one for one in (own / "extension", own / "postgresql/extension") if one.is_dir()), debian)
