"""Operations of moto that netful does not serve, because a success would be false. They are unknown ones.

| operations | what moto does |
|---|---|
| of services whose resources have a place in the network, and whose API netful does not serve, or serves without moto (EC2) | keeps a record of its own that no packet and no `trace` follows, and that lacks what templates have |
| whose results moto makes up, as nothing recognizes, speaks, queries or builds behind them | gives a result that a function would take for the service's own; the records around them, such as workgroups, are kept |
"""

from netful.model.names.service_names import service_of_host
from netful.services.backends.frames import FrameCall

_PLACED = frozenset({
    "ec2", "network-firewall", "vpc-lattice", "directconnect", "networkmanager",
    "cloudfront", "eks", "fsx", "kafka", "mq", "redshift-serverless", "redshift-data", "es", "dms", "ds", "batch",
})  # fmt: skip

_OPERATIONS: dict[str, tuple[str, ...]] = {
    "athena": ("StartQueryExecution", "GetQueryResults", "GetQueryRuntimeStatistics"),
    "bedrock": ("/model/",),  # as clients sign the calls of its runtime
    "bedrock-runtime": ("",),
    "codebuild": ("StartBuild",),
    "comprehend": ("Detect", "Batch", "Classify", "Contains", "Start"),
    "dynamodb": ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),  # moto drops conditions of PartiQL
    "glue": ("StartJobRun", "StartCrawler"),
    "pipes": ("/v1/pipes/",),  # it would be RUNNING, and nothing moves its records
    "polly": ("/v1/speech", "/v1/synthesisTasks"),
    "rekognition": ("",),
    "sagemaker.api": ("CreateTrainingJob", "CreateProcessingJob", "CreateTransformJob", "StartPipelineExecution"),
    "sagemaker.runtime": ("",),
    "ssm": ("SendCommand", "StartAutomationExecution"),
    "textract": ("",),
    "timestream": ("Query",),
    "transcribe": ("StartTranscriptionJob", "StartMedicalTranscriptionJob"),
}
"""The beginnings of their names, or of their paths in services without names in requests, by the service."""


def why_unserved(call: FrameCall) -> str:
    """Return why a call is not served; "" if it is."""
    found = service_of_host(call.host)
    code = found[0].code if found else ""
    if code in _PLACED:
        return f"netful reads the resources of {call.host} from templates alone"
    target = next((value for name, value in call.headers if name.lower() == "x-amz-target"), "")
    if (target.rpartition(".")[2] or call.target).startswith(_OPERATIONS.get(code, ())):
        return f"nothing here computes the results of {call.host}, and netful makes none up"
    return ""
