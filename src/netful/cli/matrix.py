"""`netful trace --matrix`: every function and service against every destination in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netful.cli.options import ReportOptions
    from netful.model.cloud import Cloud


def print_matrix(cloud: Cloud, report: ReportOptions) -> None:
    """Print the matrix as a table or as JSON."""
    from netful.checks.destinations import destinations_in_use, sources  # noqa: PLC0415 (only when it is asked for)
    from netful.checks.facts import Facts  # noqa: PLC0415
    from netful.engine.matrix import matrix  # noqa: PLC0415
    from netful.render.json import dumps  # noqa: PLC0415
    from netful.render.matrix import matrix_text  # noqa: PLC0415

    facts = Facts(cloud)
    table = matrix(cloud, sources(facts), destinations_in_use(facts))
    print(dumps(table.to_json()) if report.format == "json" else matrix_text(table))
