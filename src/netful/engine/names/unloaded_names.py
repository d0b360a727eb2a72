"""Names of AWS resources in VPCs that were not loaded: their addresses are private, or may be, so the answer is unknown.

| name of | addresses |
|---|---|
| an internal load balancer, an endpoint, a resource of VPC Lattice | private |
| a cache, a cluster of DocumentDB or DAX, a domain of OpenSearch in a VPC, a file system | private |
| a network load balancer | public, or private for an internal one |
| a database of RDS, Redshift or Neptune, a broker | public outside its VPC, if it is publicly accessible |
"""

import re

from netful.engine.names.dns_answer import DnsAnswer
from netful.model.core import Frozen

_REGION, _END = r"\.[a-z]{2}(?:-[a-z]+)+-\d", r"\.amazonaws\.com(?:\.cn)?"


class _Form(Frozen):
    """Form of the names of resources; `private`: they have private addresses in any case."""

    what: str
    pattern: re.Pattern[str]
    private: bool = False


def _in_region(*services: str) -> re.Pattern[str]:
    """Return the pattern of names in the domain of a service; that of its API has no label before. In China the region is last."""
    names = "|".join(services)
    return re.compile(rf".+(?:{_REGION}\.(?:{names})|\.(?:{names}){_REGION}){_END}")


_FORMS = (
    _Form("load balancer", re.compile(r"(?:[a-z0-9-]+\.)?internal-[a-z0-9-]+\.[a-z0-9-]+\.elb" + _END), private=True),
    _Form("load balancer", re.compile(r"(?:[a-z0-9-]+\.)?[a-z0-9-]+-[0-9a-f]{16}\.elb\.[a-z0-9-]+" + _END)),
    _Form("endpoint", re.compile(r".+\.vpce" + _END), private=True),
    _Form("endpoint", re.compile(r".+\.vpc-lattice-(?:rsc|svcs)\.[a-z0-9-]+\.on\.aws"), private=True),
    _Form("database", _in_region("rds", "redshift", "redshift-serverless", "neptune")),
    _Form("database", _in_region("docdb", "docdb-elastic"), private=True),
    _Form("cache", re.compile(r".+\.cache" + _END), private=True),
    _Form("cache", _in_region("memorydb", "dax-clusters"), private=True),
    _Form("domain", re.compile(rf"vpc-[a-z0-9-]+(?:{_REGION}\.es{_END}|\.aos{_REGION}\.on\.aws)"), private=True),
    _Form("broker", re.compile(rf"b-[0-9a-f-]+\.mq{_REGION}(?:{_END}|\.on\.aws)")),
    _Form("broker", re.compile(rf"(?:b-|boot-).+\.c\d+\.kafka(?:-serverless)?{_REGION}{_END}")),
    _Form("file system", re.compile(rf"(?:.+\.)?fs-[0-9a-z]+\.(?:efs|fsx){_REGION}{_END}"), private=True),
)


def answer(name: str, host: str) -> DnsAnswer | None:
    """Return the unknown answer for the name of a resource that was not loaded; None for every other name."""
    form = _form_of(host)
    if form is None:
        return None
    return DnsAnswer(name, status="UNKNOWN", missing=(f"the {form.what} that {host} names",), private=form.private)


def may_be_public(host: str) -> bool:
    """Return whether a name is that of a resource that was not loaded, and that may have a public address."""
    form = _form_of(host)
    return form is not None and not form.private


def _form_of(host: str) -> _Form | None:
    return next((one for one in _FORMS if one.pattern.fullmatch(host)), None)
