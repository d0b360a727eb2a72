"""Things that calls changed: they differ from the cloud as written, and lead from it to the one that runs."""

from netful.account.things import SNAPSHOTS, Thing, made_by_calls, with_things
from netful.model.apis.api import RestApi
from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function, Role

KEPT, CHANGED, GONE = (Function(name, name, Code(inline="1")) for name in ("Kept", "Changed", "Gone"))
WRITTEN = Cloud.of(functions={"Kept": KEPT, "Changed": CHANGED, "Gone": GONE})


def test_what_calls_made_leads_to_the_cloud_that_runs():
    changed, made = Function("Changed", "Changed", Code(inline="2")), Function("Made", "Made", Code(inline="3"))
    running = WRITTEN.having(
        functions={"Kept": KEPT, "Changed": changed, "Made": made},
        deployed_apis={"Deployment": RestApi("Api", "api")},
        roles={"Role": Role("Role", "role")},
    )
    things = [*made_by_calls(WRITTEN, running)]
    assert [(one.part, one.id, one.value is None) for one in things] == [
        ("functions", "Changed", False), ("functions", "Gone", True), ("functions", "Made", False),
        ("roles", "Role", False), (SNAPSHOTS, "Deployment", False),
    ]  # fmt: skip
    again = with_things(WRITTEN, things)
    assert [*made_by_calls(running, again)] == []


def test_without_calls_nothing_differs():
    assert [*made_by_calls(WRITTEN, WRITTEN.having(functions=dict(WRITTEN.compute.functions)))] == []
    assert with_things(WRITTEN, [Thing("functions", "Gone", None)]).compute.functions.keys() == {"Kept", "Changed"}
