"""A plan file, and the equivalent template."""

from pathlib import Path
from typing import Any

from netful.sources.files import document
from netful.sources.files.complaint import fail
from netful.sources.files.marked import MarkedMap
from netful.sources.template.template import Template
from netful.sources.terraform import plan, source_lines
from netful.sources.terraform.plan import Planned, mapping, texts
from netful.sources.terraform.resources import translated

_PREFIX_LISTS = ("aws_ec2_managed_prefix_list", "aws_prefix_list")


def read(file: Path) -> Template:
    """Return the template that is equivalent to a plan."""
    source = document.read_json(file)
    root = source.root
    if not isinstance(root, MarkedMap) or not isinstance(root.get("planned_values"), MarkedMap):
        hint = "write it with `terraform show -json PLAN > plan.json`; a state has no `planned_values`"
        fail("the file is not a Terraform plan", _origin(root, source.file), hint=hint)
    planned = plan.resources(root)
    if not planned:
        fail("the plan has no resources", _origin(root, source.file), hint="plan a configuration with resources")
    try:
        resources = translated(
            source.file, planned, mapping(root.get("variables")), plan.data_names(root, _PREFIX_LISTS)
        )
    except RecursionError:
        fail("the plan is nested too deep", _origin(root, source.file))
    regions = {region for one in planned if (region := _own_region(root, one))}
    other = ", ".join(sorted(regions - {_main_region(root, regions)}))
    warnings = (
        [f"{source.file}: resources in {other} are read as if they were in the plan's own Region"] if other else []
    )
    empty, places = MarkedMap(source.file, 1), source_lines.origins(file, planned)
    origins = {
        name: places.get(name) or places.get(name.rpartition(".")[0]) for name in resources
    }  # a part is in its block
    return Template(
        file=source.file,
        root=root,
        parameters=empty,
        mappings=empty,
        conditions=empty,
        resources=resources,
        outputs=empty,
        rules=empty,
        warnings=warnings,
        source_origins={name: origin for name, origin in origins.items() if origin},
    )


def region_of(file: Path) -> str | None:
    """Return the region of the plan's `aws` provider, if it is written down, else that of all its resources, if they have it."""
    root = document.read_json(file).root
    planned = plan.resources(root) if isinstance(root, MarkedMap) else ()
    return _main_region(mapping(root), {region for one in planned if (region := _own_region(root, one))})


def _main_region(root: dict[str, Any], regions: set[str]) -> str | None:
    alone = next(iter(regions)) if len(regions) == 1 else None
    return _region(root, "aws") or alone


def _own_region(root: dict[str, Any], resource: Planned) -> str | None:
    """Return the region of a resource, if it or a provider besides the plan's first one has it."""
    own = resource.values.get("region")
    return own if isinstance(own, str) else _region(root, resource.provider)


def _region(root: dict[str, Any], provider: str) -> str | None:
    """Return the region of a provider by its key, if it is written down."""
    found = mapping(mapping(mapping(root.get("configuration")).get("provider_config")).get(provider))
    expression = mapping(mapping(found.get("expressions")).get("region"))
    value = expression.get("constant_value")
    for text in texts(expression.get("references")):
        variable = mapping(mapping(root.get("variables")).get(text.removeprefix("var.")))
        value = value or variable.get("value")
    return value if isinstance(value, str) else None


def _origin(root: Any, file: str) -> Any:
    """Return the beginning of the plan."""
    return root.origin if isinstance(root, MarkedMap) else MarkedMap(file, 1).origin
