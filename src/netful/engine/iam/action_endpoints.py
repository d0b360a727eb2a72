"""Endpoints of the actions of IAM.

Rules:
1. An action is called at the endpoint of its prefix (`ssm:GetParameter` at `ssm`), if the table has no other for it.
2. Some actions are called at hosts that belong to one user: a search domain, a cache, the data of IoT. The table has "" for them.
3. An action with wildcards may be any that it matches, and is called at any of their endpoints. If the most usual one is a host
   of one user (`es:*`), the action says nothing about endpoints.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from netful.model.names import service_names

_REST = "*"

# Names of actions by prefix, and the endpoint codes for them. The first row that matches counts; the most usual ones are first.
_ENDPOINTS = {
    "airflow": {
        "CreateCliToken CreateWebLoginToken InvokeRestApi": "airflow.env",
        "PublishMetrics": "airflow.ops",
        _REST: "airflow.api",
    },
    "aoss": {"APIAccessAll DashboardsAccessAll": ""},
    "appconfig": {"GetLatestConfiguration StartConfigurationSession": "appconfigdata"},
    "appmesh": {"StreamAggregatedResources": "appmesh-envoy-management"},
    "aps": {
        "GetLabels GetMetricMetadata GetSeries QueryMetrics RemoteWrite ListAlerts ListRules *AlertManagerAlert* "
        "*AlertManagerSilence* ListAlertManagerReceivers GetAlertManagerStatus": "aps-workspaces",
    },
    "bedrock": {
        "ApplyGuardrail Converse* CountTokens InvokeGuardrailChecks InvokeModel* *AsyncInvoke*": "bedrock-runtime",
        "AgenticRetrieve* CreateInvocation *AgentMemory *FlowExecution* *FlowSnapshot *InvocationStep* *Session *Sessions "
        "GenerateQuery GetDocumentContent InvokeAgent InvokeFlow InvokeInlineAgent ListInvocations OptimizePrompt "
        "*IngestedDocument* Rerank Retrieve*": "bedrock-agent-runtime",
        "*Blueprint* *DataAutomation*": "bedrock-data-automation bedrock-data-automation-runtime",
        "*AutomatedReasoning*": "bedrock",
        "*Agent* *DataSource* *Flow* *IngestionJob* *KnowledgeBase* *Prompt *Prompts *PromptVersion *RetrievalInstruction* "
        "*VpcConfiguration*": "bedrock-agent",
        "*ResourcePolicy *Tag*": "bedrock bedrock-agent bedrock-agent-runtime",
    },
    "cloudformation": {
        "*Stack*": "cloudformation",
        "CancelResourceRequest *Resource ListResources GetResourceRequestStatus ListResourceRequests": (
            "cloudcontrolapi cloudformation"
        ),
    },
    "codeartifact": {"PublishPackageVersion ReadFromRepository": "codeartifact.api codeartifact.repositories"},
    "dax": {"BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem GetItem PutItem Query Scan UpdateItem": ""},
    "dsql": {"DbConnect DbConnectAdmin": ""},
    "elasticache": {"Connect": ""},
    "elasticfilesystem": {_REST: ""},
    "es": {"ESCrossCluster* ESHttp*": ""},
    "execute-api": {_REST: ""},
    "forecast": {"QueryForecast QueryWhatIfForecast": "forecastquery"},
    "iot": {
        "Connect DeleteThingShadow GetRetainedMessage GetThingShadow ListNamedShadowsForThing ListRetainedMessages Publish "
        "Receive RetainPublish Subscribe UpdateThingShadow": "",
    },
    "kafka-cluster": {_REST: ""},
    "lambda": {"InvokeFunction": "lambda", "InvokeFunctionUrl": ""},
    "memorydb": {"Connect": ""},
    "neptune-db": {_REST: ""},
    "personalize": {
        "GetActionRecommendations GetPersonalizedRanking GetRecommendations": "personalize-runtime",
        "PutActionInteractions PutActions PutEvents PutItems PutUsers": "personalize-events",
    },
    "rds-db": {_REST: ""},
    "rum": {"PutRumEvents": "rum-dataplane"},
    "sagemaker": {
        "InvokeEndpoint*": "sagemaker.runtime",
        "*Record BatchGetRecord ListRecords": "sagemaker.featurestore-runtime",
        "BatchGetMetrics BatchPutMetrics": "sagemaker.metrics",
    },
    "servicediscovery": {"DiscoverInstances*": "data-servicediscovery"},
    "states": {"StartExecution": "states", "StartSyncExecution TestState": "sync-states"},
    "timestream": {_REST: ""},
    "transcribe": {"*StreamTranscription* StartMedicalScribeStream": "transcribestreaming"},
}


@lru_cache(maxsize=4096)
def endpoints_of(action: str) -> tuple[str, ...]:
    """Return the codes of the endpoints at which an action may be called, most usual first; none if only at hosts of one user."""
    prefix, _, name = action.lower().replace("?", "*").partition(":")
    rows = {_REST: service_names.service(prefix).code} | _ENDPOINTS.get(prefix, {})
    rows[_REST] = rows.pop(_REST)
    found: list[str] = []
    for names, codes in rows.items():
        patterns = names.lower().split()
        inside = any(fnmatchcase(name, pattern) for pattern in patterns)
        if inside or any(_may_share(name, pattern) for pattern in patterns):
            found.append(codes)
        if inside:
            break
    return tuple(dict.fromkeys(" ".join(found).split())) if found[0] else ()


def _may_share(name: str, pattern: str) -> bool:
    """Return whether some action may match both a name with wildcards and a pattern: their beginnings and ends agree."""
    head, tail = name.partition("*")[0], name.rpartition("*")[2]
    first, last = pattern.partition("*")[0], pattern.rpartition("*")[2]
    begins = head.startswith(first) or first.startswith(head)
    return "*" in name and begins and (tail.endswith(last) or last.endswith(tail))
