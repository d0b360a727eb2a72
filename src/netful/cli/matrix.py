"""`netful trace --matrix`: every function and service against every destination in use; or every client against every way to an API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netful.cli.options.options import ReportOptions
    from netful.library.network import Network


def print_matrix(network: Network, report: ReportOptions) -> None:
    """Print the matrix as a table or as JSON."""
    from netful.render.json import dumps  # noqa: PLC0415
    from netful.render.matrix import matrix_text  # noqa: PLC0415

    table = network.matrix()
    print(dumps(table.to_json()) if report.format == "json" else matrix_text(network.readable(table)))


def print_ways(network: Network, report: ReportOptions) -> None:
    """Print the result of every client on every way to every API."""
    from netful.checks.facts.destinations import api_clients  # noqa: PLC0415 (only when it is asked for)
    from netful.engine.apis.ways import ways  # noqa: PLC0415
    from netful.render.json import dumps  # noqa: PLC0415
    from netful.render.ways import of_symptom, ways_json, ways_text  # noqa: PLC0415

    rows, clients = ways(network.cloud), api_clients(network.facts)
    pairs = [(client, way.question) for way in rows if not way.missing for client in clients]
    paths = {(source, question): network.trace(source, question) for source, question in pairs}
    if report.format == "json":
        answers = {
            key: {"verdict": path.verdict, "symptom": path.symptom.to_json(), "missing": path.unsettled}
            for key, path in paths.items()
        }
        unknown = {(client, way.question): {"verdict": "unknown", "missing": way.missing}
                   for way in rows if way.missing for client in clients}  # fmt: skip
        print(dumps({"ways": ways_json(rows, {**answers, **unknown})}))
        return
    unknown_cells = {(client, way.question): "?" for way in rows for client in clients}
    cells = unknown_cells | {
        key: "?" if path.verdict == "unknown" else of_symptom(path.symptom) for key, path in paths.items()
    }
    print(ways_text(*network.readable((rows, clients, cells))))
