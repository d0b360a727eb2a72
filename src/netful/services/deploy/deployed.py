"""Record of a template's deployment into the back ends.

The next deployment compares with it, first makes and changes the differences (`add`), and deletes the rest when it is sure
that the next template stays (`remove`): deleted content does not come back. A resource that is unchanged in the template is
left alone: its users may have changed it since.

Some services are *opened* by the first call to them (`resource_kind.LATER`). Their resources are made then, as if the template
had just got them, and follow each later deployment.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from netful.engine.events.senders import RULE
from netful.model.cloud import Cloud
from netful.services.deploy.bucket_notifications import refused_notifications
from netful.services.deploy.database_secrets import attach_secrets
from netful.services.deploy.kinds.resource_kind import Place
from netful.services.deploy.left_out import LeftOut
from netful.services.deploy.refused_messages import refused_deliveries, refused_messages
from netful.services.deploy.template_parameters import (
    Formers,
    delete_parameters,
    parameters_of,
    put_parameters,
    unknown_parameters,
)
from netful.services.deploy.template_resources import (
    contents_of,
    delete_resources,
    make_resources,
    resources_of,
    unnamed_resources,
)
from netful.services.http.backend_requests import CallHost


class Deployed(msgspec.Struct, frozen=True):
    """A deployment: its place, and what it put there.

    `parameters` maps each name to a digest of the content, `resources` are types and names, and `contents` their properties,
    or digests of them. Each that is in another region has that behind its name. `opened` are the services that were opened.
    """

    region: str = ""
    account_id: str = ""
    parameters: dict[str, str] = {}
    resources: tuple[tuple[str, ...], ...] = ()
    contents: dict[str, str] = {}
    opened: tuple[str, ...] = ()

    def and_also(self, new: Deployed) -> Deployed:
        """Return this deployment with all of another one, before anything is deleted."""
        if not self.is_beside(new):
            return new  # resources in another account or region stay there
        return Deployed(
            new.region,
            new.account_id,
            self.parameters | new.parameters,
            (*dict.fromkeys((*self.resources, *new.resources)),),
            self.contents | new.contents,
            new.opened,
        )

    def without_scheduled_rules(self) -> Deployed:
        """Return this deployment without the rules that are due by a schedule alone: the next one makes them."""
        return replace(self, resources=tuple(one for one in self.resources if not self._is_scheduled_rule(one)))

    def _is_scheduled_rule(self, key: tuple[str, ...]) -> bool:
        content = self.contents.get(" ".join(key), "")
        return key[:1] == (RULE,) and '"ScheduleExpression": ' in content and '"EventPattern": ' not in content

    def is_beside(self, other: Deployed) -> bool:
        """Return whether another deployment is of the same region and account."""
        return (self.region, self.account_id) == (other.region, other.account_id)


NOTHING = Deployed()


def deployment_of(cloud: Cloud, opened: tuple[str, ...]) -> Deployed:
    """Return the deployment of a cloud's template, if everything could be made; `opened` are services."""
    return Deployed(
        cloud.region,
        cloud.account_id,
        parameters_of(cloud),
        resources_of(cloud, opened),
        contents_of(cloud, opened),
        opened,
    )


def not_known(cloud: Cloud) -> frozenset[str]:
    """Return the ids of what is in no deployment, as its name or value is not known."""
    return frozenset((*unknown_parameters(cloud), *unnamed_resources(cloud)))


async def add(
    cloud: Cloud,
    there: Deployed,
    call_host: CallHost,
    formers: Formers,
    *,
    again: bool,
    imported: Collection[str] = (),
) -> tuple[Deployed, tuple[LeftOut, ...]]:
    """Make what a cloud has besides the deployment `there`; return the new deployment, and what was left out.

    `again`: an earlier deployment may have been interrupted, so a resource that already exists counts as made. `formers`
    keep the values of parameters that are overwritten. `imported` are the ids of resources that are there as they are.
    """
    new = deployment_of(cloud, there.opened)
    if not there.is_beside(new):
        there, again = NOTHING, True
    not_put = await put_parameters(cloud, call_host, there.parameters, formers, referring=False)
    not_made = await make_resources(
        cloud, call_host, frozenset(there.resources), there.contents, new.opened, again=again, imported=imported
    )
    not_put |= await put_parameters(cloud, call_host, there.parameters, formers, referring=True)
    not_attached = await attach_secrets(cloud, call_host)
    made = replace(
        new,
        parameters={name: content for name, content in new.parameters.items() if name not in not_put},
        resources=tuple(one for one in new.resources if one not in not_made),
    )
    left_out = (
        *not_put.values(),
        *not_made.values(),
        *not_attached,
        *refused_notifications(cloud),
        *refused_messages(cloud),
        *refused_deliveries(cloud),
    )
    return there.and_also(made), left_out


async def remove(cloud: Cloud, there: Deployed, call_host: CallHost, *, keeps: bool = False) -> Deployed:
    """Delete what the deployment `there` has and a cloud does not have; return the new deployment. `keeps`: delete nothing."""
    new = deployment_of(cloud, there.opened)
    if keeps or not there.is_beside(new):
        return there
    gone = [one for one in there.resources if one not in set(new.resources)]
    await delete_parameters(there.parameters.keys() - new.parameters.keys(), cloud.region, call_host)
    await delete_resources(gone, there.contents, Place(cloud.region, cloud.account_id), call_host)
    return replace(
        there,
        parameters={name: content for name, content in there.parameters.items() if name in new.parameters},
        resources=tuple(one for one in there.resources if one not in gone),
        contents={key: digest for key, digest in there.contents.items() if key in new.contents},
    )
