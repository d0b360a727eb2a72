"""The files of a described account, and their contents.

Three layouts: `REGION/…`, `ACCOUNT/REGION/…` (also `accounts/ACCOUNT/REGION/…`), and a folder of files alone, whose
region is in the files' names or contents. Files in a folder `global` belong to all regions. The AWS CLI's top-level
key identifies a file (`{"Vpcs": […]}`), so its name does not matter, except for answers that do not name their subject
(`subjects`). Other files are skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from netful.model.core import Frozen, Origin, SourceError
from netful.model.functions.compute import qualified
from netful.model.names.service_names import REGIONS
from netful.sources.described import documents
from netful.sources.described.documents import Answers
from netful.sources.described.item import Item
from netful.sources.described.kinds import KINDS, NAMED, UNREAD, id_key_of
from netful.sources.described.pages import Pages, is_last, parent_of
from netful.sources.described.subjects import DOMAINS, NEWER_DOMAINS, SUBJECTS, find, kind_of

# Answers about one object, without a list: the top-level key that identifies them, and the key that they are stored under.
_SINGLE = {
    "EnableDnsSupport": "VpcAttributes",
    "EnableDnsHostnames": "VpcAttributes",
    "FirewallPolicyResponse": "network-firewall.Policies",
    "FunctionUrl": "FunctionUrlConfigs",
    "FirewallStatus": "network-firewall.Firewalls",
    "HostedZone": "HostedZone",
    "RuleGroupResponse": "network-firewall.RuleGroups",
    "VpcBlockPublicAccessOptions": "VpcBlockPublicAccessOptions",
}
WEB_ACLS = {name: f"wafv2.{name}" for name in ("IPSet", "RegexPatternSet", "RuleGroup", "WebACL")}
"""The kinds of web ACLs and of what their rules refer to, by the keys of the answers that have one."""

_ALONE = ("Firewall", "FirewallPolicyResponse", "HostedZone", "IPSet", "RegexPatternSet", "ResourceArns", "ResourceRecordSets", "RuleGroup",
          "RuleGroupResponse", "UpdateToken", "WebACL")  # fmt: skip
"""First keys of answers that no list begins."""

GLOBAL = "global"
_DEFAULT_REGION, _LATEST = "us-east-1", "$LATEST"
_REGION = re.compile(
    r"(?<![a-z])(?:eusc-)?[a-z]{2}(?:-(?:gov|iso[a-z]?))?-(?:central|(?:north|south)(?:east|west)?|east|west)-\d(?![0-9])"
)
_PLAIN = re.compile(r"^apigateway(v2)?\.|\.\w+$")
_ACCOUNT = re.compile(r"\d{12}")
_ZONE = re.compile(r"AvailabilityZone['\"]?\s*:\s*['\"]?((?:eusc-)?[a-z]{2}(?:-[a-z]+){1,3}-\d)[a-z]\b")
_ARN = re.compile(r"arn:aws[\w-]*:\w+:((?:eusc-)?[a-z]{2}(?:-[a-z]+){1,3}-\d):")
_OTHER_SOURCES = ("template.yaml", "template.yml", "template.json", "manifest.json", "cdk.out", ".serverless")


class _Unplaced(Frozen):
    """An answer that does not name its subject."""

    kind: str
    values: Any
    origin: Origin
    last: bool


class Place(Frozen):
    """The files of one region of one account."""

    region: str
    account: str
    root: Path
    files: tuple[Path, ...]


@dataclass
class Description:
    """The contents of one region of one account, by the top-level keys of its files."""

    region: str
    account: str = ""
    warnings: list[str] = field(default_factory=list)
    _items: dict[str, list[Item]] = field(default_factory=dict)
    _answered: Counter[str] = field(default_factory=Counter)
    _pages: Pages = field(default_factory=Pages)

    @classmethod
    def of_place(cls, place: Place) -> Description:
        """Return the description in the files of a place."""
        found = cls(place.region, place.account)
        unplaced: list[_Unplaced] = []
        for file in place.files:
            for root in (answers := documents.read(file)).roots:
                unplaced += found._take(answers, root)
        for each in unplaced:
            found._settle(each)
        found._leave_out_begun()
        return found

    def of(self, key: str) -> list[Item]:
        """Return the objects under a key."""
        return self._items.get(key, [])

    def answers(self, key: str) -> bool:
        """Return whether an answer about a key exists, even an empty one."""
        return self.number_of_answers(key) > 0

    def number_of_answers(self, key: str) -> int:
        """Return the number of answers about a key, empty ones too."""
        return self._answered[key]

    def keep(self, key: str, items: list[Item]) -> None:
        """Store these objects under a key, in place of the previous ones."""
        self._items[key] = items

    @property
    def keys(self) -> list[str]:
        """Return the keys with objects."""
        return [*self._items]

    def instances(self) -> list[Item]:
        """Return the instances of all reservations, without terminated ones."""
        every = [item for reservation in self.of("Reservations") for item in reservation.parts("Instances")]
        return [item for item in every if item.text("State", "Name") not in ("terminated", "shutting-down")]

    def _take(self, answers: Answers, root: dict[str, Any]) -> Iterator[_Unplaced]:
        """Store the contents of an answer; return the parts that do not name their subject."""
        origin = Origin(str(answers.file))
        for key, values in root.items():
            if key in _SINGLE:
                self._add(_SINGLE[key], root, origin)
            elif key in WEB_ACLS and isinstance(values, dict) and "ARN" in values:
                self._add(WEB_ACLS[key], root, origin)
            elif key == "Policy" and isinstance(values, str):
                yield _Unplaced(key, values, origin, last=True)
            if not isinstance(values, list):
                continue
            kind = kind_of(key, values)
            self._answered[SUBJECTS[kind].kept_as if kind in SUBJECTS else kind] += 1
            id_key, last = id_key_of(kind), is_last(root)
            if id_key and not (kind == "LoadBalancerAttributes" and not _have(values, id_key)):
                self._keep(answers, kind, values, id_key)
            elif kind in SUBJECTS:
                yield _Unplaced(kind, values, origin, last)
                continue
            self._pages.count(kind, parent_of(kind, next(iter(values), None)), answers.file, last=last)

    def _keep(self, answers: Answers, kind: str, values: list[Any], id_key: str) -> None:
        lines = answers.lines(id_key)
        for value in values:
            if not isinstance(value, dict):
                raise SourceError(f"an item of `{kind}` is not an object", origin=Origin(str(answers.file)))
            if missing := next((name for name in NAMED.get(kind, ()) if not value.get(name)), ""):
                why = f"an object of `{kind}` has no `{missing}`"
                raise SourceError(why, origin=Origin(str(answers.file)), hint="save the command's whole answer")
            self._add(kind, value, Origin(str(answers.file), lines.get(str(value.get(id_key)), 0)))

    def _add(self, kind: str, value: dict[str, Any], origin: Origin) -> None:
        if kind == "Functions" and _is_version(value):
            return
        if kind == NEWER_DOMAINS:
            kind, value = DOMAINS, _of_the_first_version(value)
        if kind == DOMAINS and any(one.text("domainName") == value.get("domainName") for one in self.of(kind)):
            return  # both versions of API Gateway's API have the same domain names
        self._items.setdefault(kind, []).append(Item(value, origin, self.region, self.account))

    def _settle(self, unplaced: _Unplaced) -> None:
        """Store an answer with its subject."""
        subject = SUBJECTS[unplaced.kind]
        if unplaced.kind == "ResourceRecordSets":
            every = (*self.of("HostedZones"), *(item.part("HostedZone") for item in self.of("HostedZone")))
            found = _zone_of([*{zone.text("Id"): zone for zone in every}.values()], unplaced)
        else:
            things = (item.data for item in self.of(subject.of))
            named = (thing["WebACL"] if subject.of == "wafv2.WebACL" else thing for thing in things)
            found = find(_label(unplaced.origin), named, subject.id_key)
        if found is not None and subject.id_key in found:
            answer = {subject.id_key: found[subject.id_key], subject.own_key: unplaced.values}
            self._add(subject.kept_as, answer, unplaced.origin)
            self._pages.count(unplaced.kind, str(found[subject.id_key]), Path(unplaced.origin.file), last=unplaced.last)
        elif unplaced.values and self.of(subject.of):
            of = subject.of.rpartition(".")[2]
            self.warnings.append(
                f"{unplaced.origin.file}: does not show which of the `{of}` it describes; put the id into the file's name"
            )

    def _leave_out_begun(self) -> None:
        """Leave out what calls without their last page list of one subject: that is as if it was not described."""
        for kind, subject, file in self._pages.missing():
            key, id_key = (SUBJECTS[kind].kept_as, SUBJECTS[kind].id_key) if kind in SUBJECTS else (kind, "")
            self._answered[key] = 0
            if subject:
                of = [(item, item.text(id_key) or parent_of(kind, item.data)) for item in self.of(key)]
                self.keep(key, [item for item, own in of if own != subject])
            self.warnings.append(
                f"{file}: is one of several pages, and the last page of `{_PLAIN.sub('', kind)}` is missing: its contents are not loaded"
            )


def _is_version(function: dict[str, Any]) -> bool:
    """Return whether a function is listed as one of its published versions, whose settings are not those of the function."""
    return function.get("Version", _LATEST) != _LATEST or bool(qualified(str(function.get("FunctionArn", "")))[1])


def _of_the_first_version(domain: dict[str, Any]) -> dict[str, Any]:
    """Return a domain name of the newer API in the form of the first one."""
    configurations = domain.get("DomainNameConfigurations") or [{}]
    store = (domain.get("MutualTlsAuthentication") or {}).get("TruststoreUri")
    return {
        "domainName": domain.get("DomainName"),
        "endpointConfiguration": {
            "types": [configurations[0].get("EndpointType", "REGIONAL")],
            "ipAddressType": configurations[0].get("IpAddressType"),
        },
        "mutualTlsAuthentication": {"truststoreUri": store} if store else {},
        "routingMode": str(domain.get("RoutingMode") or "").replace("API_MAPPING", "BASE_PATH_MAPPING") or None,
    }


def _have(values: list[Any], id_key: str) -> bool:
    return any(isinstance(value, dict) and id_key in value for value in values)


def _label(origin: Origin) -> str:
    """Return the part of a file's name that may name a subject, including the folder."""
    file = Path(origin.file)
    return f"{file.parent.name}/{file.stem}"


def _zone_of(zones: list[Item], unplaced: _Unplaced) -> Any:
    """Return the zone of some records: by the id in the file's name, else by the name of the start of authority."""
    label = _label(unplaced.origin)
    by_id = [zone.data for zone in zones if zone.text("Id").rpartition("/")[2] in label]
    if by_id:
        return by_id[0]
    starts = {
        str(value.get("Name")) for value in unplaced.values if isinstance(value, dict) and value.get("Type") == "SOA"
    }
    named = [zone.data for zone in zones if zone.text("Name") in starts]
    return named[0] if len(named) == 1 else None


def is_described(folder: Path) -> bool:
    """Return whether a folder is a described account."""
    return next(_places(folder), None) is not None


def descriptions(folder: Path) -> list[Description]:
    """Return every region of every account in a folder; the owner's view of a shared object counts."""
    found = [Description.of_place(place) for place in _places(folder)]
    _leave_to_owners(found)
    _leave_out_known_zones(found)
    _name_zones_alike(found)
    return found


def _name_zones_alike(found: list[Description]) -> None:
    """Use the first account's name of each zone: a zone has one id, but another name in each account."""
    names: dict[str, str] = {}
    for each in found:
        for item in each.of("Subnets"):
            names.setdefault(item.text("AvailabilityZoneId"), item.text("AvailabilityZone"))
    names.pop("", None)
    for each in found:
        each.keep(
            "Subnets", [_in_zone(item, names.get(item.text("AvailabilityZoneId"))) for item in each.of("Subnets")]
        )


def _in_zone(item: Item, name: str | None) -> Item:
    return replace(item, data={**item.data, "AvailabilityZone": name}) if name else item


def _leave_to_owners(found: list[Description]) -> None:
    """Leave out an account's view of another loaded account's objects: their owner has more details."""
    owned = {
        (each.region, key, str(item.data.get(id_key_of(key))))
        for each in found
        for key in each.keys
        for item in each.of(key)
        if each.account and item.text("OwnerId") == each.account
    }
    for each in found:
        for key in each.keys if each.account else ():
            id_key = id_key_of(key)
            kept = [
                item
                for item in each.of(key)
                if item.text("OwnerId") in ("", each.account)
                or (each.region, key, str(item.data.get(id_key))) not in owned
            ]
            each.keep(key, kept)


def _leave_out_known_zones(found: list[Description]) -> None:
    """Leave out of the zones that VPCs see those that an answer about zones has, wherever it was saved."""
    every = [zone for each in found for zone in each.of("HostedZones")]
    every += [item.part("HostedZone") for each in found for item in each.of("HostedZone")]
    known = {zone.text("Id").rpartition("/")[2] for zone in every}
    for each in found:
        seen = []
        for group in each.of("ZonesOfVpcs"):
            others = [one.data for one in group.parts("HostedZoneSummaries") if one.text("HostedZoneId") not in known]
            seen.append(replace(group, data={**group.data, "HostedZoneSummaries": others}))
        each.keep("ZonesOfVpcs", seen)


def _places(folder: Path) -> Iterator[Place]:
    if folder.name in REGIONS and any(file.suffix in documents.SUFFIXES for file in folder.iterdir()):
        yield Place(folder.name, "", folder, tuple(documents.files_in(folder)))
        return
    yield from _regions(folder, "")
    for holder in (folder, folder / "accounts"):
        for account in sorted(holder.iterdir()) if holder.is_dir() else ():
            if account.is_dir() and (_ACCOUNT.fullmatch(account.name) or holder.name == "accounts"):
                yield from _regions(account, account.name)
    if _is_flat(folder) and not any((folder / name).exists() for name in _OTHER_SOURCES):
        yield from _by_region(folder)


def _regions(folder: Path, account: str) -> Iterator[Place]:
    """Yield the regions of an account, followed by its global files."""
    names = sorted(
        (each for each in folder.iterdir() if each.is_dir()), key=lambda each: (each.name == GLOBAL, each.name)
    )
    for region in names:
        if _REGION.fullmatch(region.name) or region.name == GLOBAL:
            name = _DEFAULT_REGION if region.name == GLOBAL else region.name
            yield Place(name, account, region, tuple(documents.files_in(region)))


def _is_flat(folder: Path) -> bool:
    """Return whether a file of a folder, or of its subfolders, begins like an answer of the AWS CLI."""
    return any(_is_answer(file) for file in folder.iterdir() if file.suffix in documents.SUFFIXES)


def _is_answer(file: Path) -> bool:
    return documents.first_key(file) in (*KINDS, *UNREAD, *_ALONE)


def _by_region(folder: Path) -> Iterator[Place]:
    """Yield the files of a folder by their regions: by a file's name or content, else the region of most others."""
    own = {file: _region_of(file) for file in sorted(folder.iterdir()) if file.suffix in documents.SUFFIXES}
    usual = Counter(region for region in own.values() if region).most_common(1)
    most = usual[0][0] if usual else _DEFAULT_REGION
    regions = dict.fromkeys((most, *(region for region in own.values() if region)))
    for region in regions:
        yield Place(region, "", folder, tuple(file for file, found in own.items() if (found or most) == region))


def _region_of(file: Path) -> str:
    named = _REGION.search(file.stem)
    if named:
        return named[0]
    try:
        regular = file.is_file() and file.stat().st_size <= documents.MAX_BYTES
        text = file.read_text(encoding="utf-8-sig") if regular else ""
    except (OSError, UnicodeDecodeError):
        return ""
    found = _ZONE.search(text) or _ARN.search(text)
    return found[1] if found else ""
