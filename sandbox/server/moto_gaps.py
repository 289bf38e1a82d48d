"""Calls that moto has no answer to and that Terraform makes on changing or destroying things.

Each reads and writes moto's own state, so that moto's other calls see what was done.
"""

from typing import Any

from moto.logs.models import logs_backends

from sandbox.aws_json import RequestContext, Service
from sandbox.errors import AwsError


def logs_service() -> Service:
    """CloudWatch Logs, as far as moto lacks it."""
    return Service(
        "logs",
        "Logs_20140328",
        "InvalidParameterException",
        {"AssociateKmsKey": _associate_kms_key, "DisassociateKmsKey": _disassociate_kms_key},
    )


def _associate_kms_key(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    _log_group(parameters, context).kms_key_id = parameters["kmsKeyId"]
    return {}


def _disassociate_kms_key(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    _log_group(parameters, context).kms_key_id = None
    return {}


def _log_group(parameters: dict[str, Any], context: RequestContext) -> Any:
    name = parameters.get("logGroupName", "")
    group = logs_backends[context.account_id][context.region].groups.get(name)
    if group is None:
        raise AwsError("ResourceNotFoundException", f"The log group {name!r} does not exist.")
    return group
