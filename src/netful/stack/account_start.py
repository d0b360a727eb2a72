"""Start of an account: what an earlier process kept of it, and the cloud that follows from that."""

from collections.abc import Mapping
from pathlib import Path

from netful.account.changes import changed
from netful.account.iam.back_end import changed_roles
from netful.account.kept import kept_account, kept_files
from netful.account.kept.kept_account import KeptAccount
from netful.account.things import with_things
from netful.functions.code.made_versions import MadeVersions
from netful.functions.environments.moves import elsewhere
from netful.model.cloud import Cloud
from netful.model.core import Frozen, StackError
from netful.model.functions.function import Function
from netful.services.backends.state_folder import DEPLOYED
from netful.sources.account.deployed_stack import DeployedStacks
from netful.stack import stack_settings
from netful.stack.control.settings import Settings

FOLDER = "account"


class AccountStart(Frozen):
    """State of an account at its start: what is kept of it, its cloud as written, and its folder.

    `keeps` is set if the folder outlives the process. `roles` are the names of roles that calls changed: beside a template, the
    back end alone has them with all changes of the template.
    """

    kept: KeptAccount
    written: Cloud
    cloud: Cloud
    folder: Path
    keeps: bool
    versions: Mapping[str, MadeVersions]
    roles: frozenset[str] = frozenset()

    @property
    def uploads(self) -> Path:
        """The folder of uploaded code."""
        return self.folder / kept_files.FUNCTIONS


def begun(settings: Settings, stack_folder: Path) -> AccountStart:
    """Return the account that settings begin with: that of the templates, and what an earlier process kept of it.

    Blocks. Raises NetfulError if something cannot be read, or if the folder is that of another kind of account.
    """
    keeps = bool(settings.state_folder)
    folder = (Path(settings.state_folder) if keeps else stack_folder) / FOLDER
    found = (_found(settings, folder) if keeps else None) or KeptAccount(settings.empty)
    for record in found.records:
        record.interrupted()
    written = cloud = stack_settings.cloud(settings, DeployedStacks(found.deployed(), found.known_ids))
    things = [*found.made_things()]
    if not settings.empty:  # a template is the truth of its stack, but for what its services keep
        cloud = with_things(cloud, (one for one in things if one.part == "set_policies"))
        return AccountStart(found, written, cloud, folder, keeps, {}, changed_roles(things, written))
    edits, versions = [*found.edits()], found.made_versions()
    cloud = changed(written, edits, found.addresses.before(written)) if edits else written
    made = {one.id: one.value for one in things if isinstance(one.value, Function)}
    published = elsewhere({id_: one.versions for id_, one in versions.items()}, {**cloud.compute.functions, **made})
    cloud = found.addresses.kept_by(with_things(cloud, things, published))
    return AccountStart(found, written, cloud, folder, keeps, versions)


def _found(settings: Settings, folder: Path) -> KeptAccount | None:
    """Return the account that is kept in a folder. Raises StackError if it is of another kind than the settings want."""
    found = kept_account.read(folder)
    of_templates = not found.empty if found else not folder.exists() and (folder.parent / DEPLOYED).exists()
    if found or of_templates:
        check_kind(settings.state_folder, settings, of_templates=of_templates)
    if found is None:  # the folder shows at once whose it is
        kept_account.write(folder, kept_account.as_bytes(KeptAccount(settings.empty)))
    return found


def check_kind(folder: str, settings: Settings, *, of_templates: bool) -> None:
    """Raise StackError if the state in a folder is of another kind of account than settings want."""
    if of_templates == settings.empty:
        is_, want = ("`netful up -t`", "`--empty`") if of_templates else ("`netful up --empty`", "a template")
        raise StackError(
            f"the state in `{folder}` is of an account that {is_} started",
            why=f"with {want} its stacks and their tables would be deleted",
            hint="give `--state` another folder",
        )
