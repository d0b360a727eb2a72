"""Operations whose results moto makes up: nothing recognizes, speaks, queries or builds behind them.

A function would take such a result for the service's own. So these operations are unknown ones, whatever the input is. The
records around them, such as workgroups and projects, are kept.
"""

from netful.model.names.service_names import service_of_host
from netful.services.backends.frames import FrameCall

_OPERATIONS: dict[str, tuple[str, ...]] = {
    "athena": ("StartQueryExecution", "GetQueryResults", "GetQueryRuntimeStatistics"),
    "bedrock": ("/model/",),  # as clients sign the calls of its runtime
    "bedrock-runtime": ("",),
    "codebuild": ("StartBuild",),
    "comprehend": ("Detect", "Batch", "Classify", "Contains", "Start"),
    "glue": ("StartJobRun", "StartCrawler"),
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


def is_made_up(call: FrameCall) -> bool:
    """Return whether a call asks for such a result."""
    found = service_of_host(call.host)
    beginnings = _OPERATIONS.get(found[0].code) if found else None
    if beginnings is None:
        return False
    target = next((value for name, value in call.headers if name.lower() == "x-amz-target"), "")
    return (target.rpartition(".")[2] or call.target).startswith(beginnings)
