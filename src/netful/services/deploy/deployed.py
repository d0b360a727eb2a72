"""Record of a template's deployment into the back ends.

The next deployment compares with it and makes, changes and deletes only the differences. A resource that is unchanged in
the template is left alone: its users may have changed it since.
"""

from __future__ import annotations

import msgspec

from netful.model.cloud import Cloud
from netful.services.deploy.resource_kind import Place
from netful.services.deploy.template_notifications import (
    PlacedNotification,
    delete_notifications,
    notifications_of,
    put_notifications,
)
from netful.services.deploy.template_parameters import delete_parameters, parameters_of, put_parameters
from netful.services.deploy.template_resources import delete_resources, make_resources, resources_of
from netful.services.deploy.template_rules import PlacedRule, delete_rules, put_rules, rules_of
from netful.services.http.backend_requests import CallHost


class Deployed(msgspec.Struct, frozen=True):
    """A deployment: its place, and what it put there.

    `parameters` maps each name to a digest of the content, `resources` are types and names.
    """

    region: str = ""
    account_id: str = ""
    parameters: dict[str, str] = {}
    resources: tuple[tuple[str, str], ...] = ()
    rules: tuple[PlacedRule, ...] = ()
    notifications: tuple[PlacedNotification, ...] = ()


NOTHING = Deployed()


async def deploy(
    cloud: Cloud, before: Deployed, call_host: CallHost, *, again: bool
) -> tuple[Deployed, tuple[str, ...]]:
    """Update the back ends from the deployment `before` to a cloud; return the new deployment, and warnings of the failures.

    `again`: an earlier deployment may have been interrupted, so a resource that already exists counts as made.
    """
    parameters, resources, rules = parameters_of(cloud), resources_of(cloud), rules_of(cloud)
    notifications = notifications_of(cloud)
    if (before.region, before.account_id) != (cloud.region, cloud.account_id):
        before = NOTHING  # resources in another account or region stay there
    await delete_parameters(before.parameters.keys() - parameters.keys(), cloud.region, call_host)
    await delete_rules([one for one in before.rules if one not in rules], cloud.region, call_host)
    silent = {one.bucket for one in before.notifications} - {one.bucket for one in notifications}
    await delete_notifications([one for one in before.notifications if one.bucket in silent], cloud, call_host)
    gone = [one for one in before.resources if one not in set(resources)]
    await delete_resources(gone, Place(cloud.region, cloud.account_id), call_host)
    not_put = await put_parameters(cloud, call_host, before.parameters)
    not_made = await make_resources(cloud, call_host, frozenset(before.resources), again=again)
    no_rules = await put_rules(cloud, call_host, before.rules)
    not_told = await put_notifications(cloud, call_host, before.notifications)
    there = Deployed(
        cloud.region,
        cloud.account_id,
        {name: content for name, content in parameters.items() if name not in not_put},
        tuple(one for one in resources if one not in not_made),
        tuple(one for one in rules if one.name not in no_rules),
        tuple(one for one in notifications if one.bucket not in not_told),
    )
    return there, (*not_put.values(), *not_made.values(), *no_rules.values(), *not_told.values())
