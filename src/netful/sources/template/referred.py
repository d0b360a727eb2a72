"""Resources to which a resource refers: in its own stack, and by parameters, outputs and exports of other stacks."""

from collections.abc import Iterable, Iterator
from typing import Any

from netful.model.core import SourceError, mapping
from netful.sources.template.loaded_stacks import LoadedStacks
from netful.sources.template.references import Reference, imports, references
from netful.sources.template.template_scope import TemplateScope

_OUTPUT = "Outputs."


def referred_names(loaded: LoadedStacks, stack: TemplateScope, logical_id: str) -> Iterator[str]:
    """Yield the names in the cloud of the resources to which a resource refers, those of its own stack first."""
    written = stack.template.resources[logical_id]
    waiting = [(stack, stack.resources.written(logical_id)), (stack, written.get("Metadata"))]
    seen: set[tuple[str, int]] = set()
    for here, node in waiting:  # what a value of another stack refers to is added to it
        if (here.name, id(node)) in seen:
            continue
        seen.add((here.name, id(node)))
        uses = [use for use in references(node) if not use.condition]
        yield from (here.resources.ids[use.name] for use in uses if use.name in here.resources.ids)
        waiting += [*_taken(loaded, here, uses), *_imported(loaded, here, node)]


def _taken(loaded: LoadedStacks, here: TemplateScope, uses: Iterable[Reference]) -> Iterator[tuple[TemplateScope, Any]]:
    """Yield the values, as written, of outputs of nested stacks and of parameters that another stack gives."""
    above = next(((name, id_) for (name, id_), child in loaded.nested.items() if child is here), None)
    for use in uses:
        nested = loaded.nested.get((here.name, use.name))
        if nested is not None:
            yield _output(nested, use.attribute.removeprefix(_OUTPUT))
        elif use.name in here.parameters and above is not None:
            parent = next(one for one in loaded.stacks if one.name == above[0])
            yield parent, mapping(parent.resources.written(above[1]).get("Parameters")).get(use.name)
        elif use.name in here.parameters and use.name not in here.given:
            holder = loaded.holder(use.name, here.name)
            if holder is not None:
                yield _output(holder, use.name)


def _imported(loaded: LoadedStacks, here: TemplateScope, node: Any) -> Iterator[tuple[TemplateScope, Any]]:
    """Yield the values, as written, that other stacks export under the names that are imported."""
    for argument in imports(node):
        try:
            name = here.resolve(argument)
        except SourceError:  # of a branch that no condition selects; any other error was raised for the property
            continue
        found = loaded.at(here.region, here.account_id).exporter(name) if isinstance(name, str) else None
        if found is not None:
            yield _output(*found)


def _output(stack: TemplateScope, name: str) -> tuple[TemplateScope, Any]:
    return stack, mapping(stack.template.outputs.get(name)).get("Value")
