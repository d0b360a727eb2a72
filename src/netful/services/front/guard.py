"""Checks before every service: the signature, and the policies of the endpoint, the resource and the caller.

The condition keys of a policy come from the door and the socket. A client's headers define the request, not the identity
of the client. A request at the local endpoint counts as one by TLS, as its client would send it to AWS. A request that cannot
be decided is allowed. Policies by signature:

| signed by | endpoint's policy | resource's policy | own policies |
|---|---|---|---|
| a function's own keys | yes | yes | its role's, if the template has them |
| other keys | yes | as some identity of the account | everything is allowed |
| other keys, at the local endpoint | | no: it is the user's own access | |
| unsigned | yes | of a bucket, as anonymous | |
"""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from netful.engine.distributions import origin_access
from netful.engine.iam import encryption, key_aliases, policies, resource_policies, source_context
from netful.engine.iam.authorization import Caller, Document, Refusal
from netful.engine.iam.authorization import refusal as ruled
from netful.engine.iam.service_actions import RequestedAction, requested
from netful.engine.iam.source_context import ABSENT_PAST_ENDPOINT, ABSENT_THROUGH_ENDPOINT
from netful.fabric.doors.door import DoorKind
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.network.vpc_endpoints import VpcEndpoint
from netful.services.front.actions import asked, asked_besides
from netful.services.front.refusals import access_denied, bad_signature, denial, malformed_signature
from netful.services.front.routing import ServiceRoute
from netful.services.front.signature import OWN_KEY, Signer, fault, own_key_of_malformed, signature_of
from netful.services.http.answer_cache import Remembered
from netful.services.http.message import Request, Response

_JUDGE_THEMSELVES = frozenset({"execute-api", "lambda-url", "cloudfront-edge", "cognito-auth", "elb-keys"})
_RULINGS = 4096
_DONE, _MISSING = 200, 404
_ENCRYPTION = "x-amz-server-side-encryption"


class _Question(Frozen):
    """Everything that a ruling depends on."""

    caller_arn: str
    what: RequestedAction
    region: str
    endpoint_id: str | None
    client: str
    tls: bool
    second: int


class Guard:
    """Access control for requests to a cloud's services. `signers` are the callers whose keys are known, by access key id."""

    def __init__(self, cloud: Cloud, signers: Mapping[str, Signer]) -> None:
        self._cloud = cloud
        self._signers = signers
        self._resources = resource_policies.documents(cloud)
        self._rulings: Remembered[_Question, Refusal | None] = Remembered(_RULINGS)
        self._dated: dict[tuple[str, str | None], bool] = {}
        self._foreign = Caller(cloud.arn("iam", "root"), (), cloud.account_id)

    def refusal(self, found: ServiceRoute, request: Request) -> Response | None:
        """Return the answer to a request that is rejected, None if it is allowed."""
        if found.service.code in _JUDGE_THEMSELVES:
            return None
        signature = signature_of(request)
        if signature is None and own_key_of_malformed(request):
            return malformed_signature(found, request)
        signer = self._signers.get(signature.access_key_id) if signature else None
        if signature is not None and (signer or OWN_KEY.fullmatch(signature.access_key_id)):
            now = datetime.now(UTC)
            wrong = fault(signature, signer, request, now) if signer else "token"
            if wrong is not None:
                return bad_signature(found, request, signature, wrong, now)
        if signer is None and request.connection.door.kind is DoorKind.LOCAL:
            return None
        return self.denial(found, request, signer.caller if signer else self._foreign if signature else None)

    def denial(self, found: ServiceRoute, request: Request, caller: Caller | None) -> Response | None:
        """Return the answer to a request that the policies deny to a caller, None if they allow it."""
        if not self._matters(found, caller):
            return None
        account_id = self._cloud.account_id
        besides = replace(found, endpoint=None)  # the service's own call goes through no endpoint
        own = asked(found, request, account_id)
        keys = (key for what in own if _by_bucket(request) for _, key in encryption.needed(self._cloud, what))
        further = (asked_besides(found, request, account_id), *keys)
        for what, way in (*((what, found) for what in own), *((what, besides) for what in further)):
            refused = self._ruling(way, request, caller, what) if what.action else None
            if refused:
                return access_denied(found, request, what, refused, caller.arn if caller else "")
        return None

    def hidden(self, found: ServiceRoute, request: Request, caller: Caller | None, answer: Response) -> Response:
        """Return an answer as its caller gets it.

        S3 reports a missing object only to a caller that may list the bucket. Of several secrets, a caller gets those that it may read.
        """
        if caller is not None and _has_secrets(found, request, answer) and self._matters(found, caller):
            return self._readable(found, request, caller, answer)
        if found.service.code != "s3" or answer.status != _MISSING or b"NoSuchBucket" in answer.body:
            return answer
        read = next(iter(asked(found, request, self._cloud.account_id)), RequestedAction())
        if caller is None or read.action != "s3:GetObject" or not self._matters(found, caller):
            return answer
        listing = RequestedAction("s3:ListBucket", read.resource.partition("/")[0])
        refused = self._ruling(found, request, caller, listing)
        return access_denied(found, request, listing, refused, caller.arn) if refused else answer

    def _readable(self, found: ServiceRoute, request: Request, caller: Caller, answer: Response) -> Response:
        """Return BatchGetSecretValue's answer with an error in place of each secret that the caller may not read."""
        content = json.loads(answer.body)
        values, errors = [], [*(content.get("Errors") or ())]
        for one in content.get("SecretValues") or ():
            (read,) = requested(
                "secretsmanager", "GetSecretValue", {"SecretId": one["ARN"]}, found.region, self._cloud.account_id
            )
            for what in (read, *(key for _, key in encryption.needed(self._cloud, read))):
                if refused := self._ruling(
                    found if what is read else replace(found, endpoint=None), request, caller, what
                ):
                    text = denial(found, request, what, refused, caller.arn)
                    errors.append({"SecretId": one["ARN"], "ErrorCode": "AccessDeniedException", "Message": text})
                    break
            else:
                values.append(one)
        return replace(answer, body=json.dumps({**content, "SecretValues": values, "Errors": errors}).encode())

    def signer_of(self, request: Request) -> Caller | None:
        """Return the known caller that signs a request."""
        signature = signature_of(request)
        signer = self._signers.get(signature.access_key_id) if signature else None
        return signer.caller if signer else None

    def _matters(self, found: ServiceRoute, caller: Caller | None) -> bool:
        """Return whether any policy could deny the request."""
        own = caller is not None and (
            caller.party or any(one is not None for one in (caller.document, caller.denials, caller.limit))
        )
        return own or bool(self._resources) or _document(found.endpoint) is not None

    def _ruling(
        self, found: ServiceRoute, request: Request, caller: Caller | None, what: RequestedAction
    ) -> Refusal | None:
        endpoint_id = found.endpoint.id if found.endpoint else None
        connection = request.connection
        who, second = (
            f"{caller.arn} {caller.key_id}" if caller else "",
            int(time.time()) if self._is_time_asked(caller, found.endpoint) else 0,
        )
        tls = connection.tls or connection.door.kind is DoorKind.LOCAL
        question = _Question(who, what, found.region, endpoint_id, connection.client[0], tls, second)
        if question not in self._rulings:
            self._rulings.keep(question, self._judge(question, caller, found.endpoint))
        return self._rulings[question]

    def _is_time_asked(self, caller: Caller | None, endpoint: VpcEndpoint | None) -> bool:
        """Return whether rulings about a caller through an endpoint, or past all of them, hold for their second only."""
        key = f"{caller.arn} {caller.key_id}" if caller else "", endpoint.id if endpoint else None
        if key not in self._dated:
            own = (caller.document, caller.denials, caller.boundary, caller.limit) if caller else ()
            documents = (*own, _document(endpoint), *self._resources.values())
            self._dated[key] = source_context.is_time_asked(documents)
        return self._dated[key]

    def _judge(self, question: _Question, caller: Caller | None, endpoint: VpcEndpoint | None) -> Refusal | None:
        what = key_aliases.resolved(self._cloud, question.what)
        absent = {key for key, value in what.keys if not value}
        foreign = caller is not None and not caller.names
        request = policies.PolicyRequest(
            what.action,
            what.resource,
            principal="anonymous" if caller is None else "*",
            context=self._context(question, caller, endpoint),
            absent=(ABSENT_THROUGH_ENDPOINT if endpoint else ABSENT_PAST_ENDPOINT)
            | absent
            | (caller.absent if caller and caller.names else set()),
            account=self._cloud.account_id if foreign else "",
            alike=what.alike,
        )
        bucket = what.action.startswith("s3:")
        resource = resource_policies.policy_of(what.resource, self._resources) if caller or bucket else None
        return ruled(
            request, caller, _document(endpoint), resource, must_allow=resource_policies.must_allow(what.action)
        )

    def _context(self, question: _Question, caller: Caller | None, endpoint: VpcEndpoint | None) -> dict[str, str]:
        context = {"aws:SecureTransport": str(question.tls).lower(), "aws:RequestedRegion": question.region}
        context |= source_context.BY_ITSELF | {key: value for key, value in question.what.keys if value}
        if question.second:
            context |= source_context.at(question.second)
        if endpoint is None:
            context["aws:SourceIp"] = question.client
        else:
            context |= {**source_context.through(self._cloud, endpoint), "aws:VpcSourceIp": question.client}
        if caller is not None and caller.party:
            context |= origin_access.context_of(caller)
        elif caller is not None and caller.names:
            context |= caller.keys
        return context


def _has_secrets(found: ServiceRoute, request: Request, answer: Response) -> bool:
    """Return whether an answer has the values of several secrets."""
    operation = request.header("x-amz-target").rpartition(".")[2]
    return found.service.code == "secretsmanager" and operation == "BatchGetSecretValue" and answer.status == _DONE


def _by_bucket(request: Request) -> bool:
    """Return whether the encryption of a new object is that of its bucket; so it is of what other services keep."""
    return not request.header(_ENCRYPTION) and "upload" not in request.query


def _document(endpoint: VpcEndpoint | None) -> Document:
    document = endpoint.policy_document if endpoint else None
    return None if isinstance(document, Unknown) else document
