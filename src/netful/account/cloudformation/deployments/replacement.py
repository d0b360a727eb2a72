"""Resources that an update replaces: they get another id, and those with a name of the template's own cannot be replaced."""

from collections.abc import Iterable, Mapping

from netful.account.cloudformation.account import DeploymentError
from netful.account.cloudformation.deployments.changes import ResourceChange, Seen, replaces
from netful.model.identity import has_id
from netful.model.names.generated_names import NAMINGS


def replacements(changes: Iterable[ResourceChange], after: Mapping[str, Seen]) -> set[str]:
    """Return the logical ids of the resources that changes replace, and whose id in AWS another one takes."""
    return {
        one.logical_id
        for one in changes
        if one.action == "Modify" and replaces(one) and _changes_id(after[one.logical_id])
    }


def _changes_id(seen: Seen) -> bool:
    return seen.resource.type in NAMINGS or has_id(seen.resource.type)


def refuse_custom_names(names: Iterable[str], before: Mapping[str, Seen], after: Mapping[str, Seen]) -> None:
    """Raise DeploymentError if a resource keeps a name of the template's own, which the replacement would have too."""
    for name in sorted(names):
        resource = after[name].resource
        naming = NAMINGS.get(resource.type)
        own = naming is not None and naming.property in resource.property_origins
        if (
            naming
            and own
            and before[name].resource.properties.get(naming.property) == resource.properties[naming.property]
        ):
            raise DeploymentError(
                f"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename "
                f"{resource.properties[naming.property]} and update the stack again.",
                resource.id,
            )
