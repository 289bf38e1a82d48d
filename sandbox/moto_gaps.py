"""Calls that moto has no answer to and that Terraform makes on changing or destroying things.

Each reads and writes moto's own state, so that moto's other calls see what was done.
"""

from typing import Any

from moto.athena.models import athena_backends
from moto.logs.models import logs_backends

from sandbox.aws_json import Handler, RequestContext, Service
from sandbox.errors import AwsError


def athena_operations() -> dict[str, Handler]:
    """Operation name to handler."""
    return {
        "UpdateWorkGroup": _update_work_group,
        "BatchGetNamedQuery": _batch_get_named_query,
        "UpdateNamedQuery": _update_named_query,
        "DeleteNamedQuery": _delete_named_query,
        "DeletePreparedStatement": _delete_prepared_statement,
    }


def logs_service() -> Service:
    """CloudWatch Logs, as far as moto lacks it."""
    return Service(
        "logs",
        "Logs_20140328",
        "InvalidParameterException",
        {"AssociateKmsKey": _associate_kms_key, "DisassociateKmsKey": _disassociate_kms_key},
    )


def _update_work_group(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    groups = _athena(context).work_groups
    name = parameters["WorkGroup"]
    if name not in groups:
        raise AwsError("InvalidRequestException", f"WorkGroup {name} is not found.")
    group = groups[name]
    group.state = parameters.get("State", group.state)
    group.description = parameters.get("Description", group.description)
    updates = dict(parameters.get("ConfigurationUpdates") or {})
    if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
        group.configuration.pop("BytesScannedCutoffPerQuery", None)
    results = updates.pop("ResultConfigurationUpdates", None)
    if results is not None:
        group.configuration["ResultConfiguration"] = _updated_results(
            group.configuration.get("ResultConfiguration") or {}, results
        )
    group.configuration.update(updates)
    return {}


def _updated_results(before: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    """The result configuration: `RemoveX` takes X away, X replaces it."""
    removed = {name.removeprefix("Remove") for name, value in updates.items() if value is True}
    given = {name: value for name, value in updates.items() if not name.startswith("Remove")}
    kept = {name: value for name, value in before.items() if name not in removed}
    return {**kept, **given}


def _batch_get_named_query(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    queries = _athena(context).named_queries
    ids = parameters["NamedQueryIds"]
    return {
        "NamedQueries": [
            {
                "Name": queries[query_id].name,
                "Description": queries[query_id].description,
                "Database": queries[query_id].database,
                "QueryString": queries[query_id].query_string,
                "NamedQueryId": query_id,
                "WorkGroup": queries[query_id].workgroup.name,
            }
            for query_id in ids
            if query_id in queries
        ],
        "UnprocessedNamedQueryIds": [
            {
                "NamedQueryId": query_id,
                "ErrorCode": "INVALID_INPUT",
                "ErrorMessage": f"Named query {query_id} was not found.",
            }
            for query_id in ids
            if query_id not in queries
        ],
    }


def _update_named_query(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    query = _athena(context).named_queries.get(parameters["NamedQueryId"])
    if query is None:
        raise _no_named_query(parameters["NamedQueryId"])
    query.name = parameters["Name"]
    query.query_string = parameters["QueryString"]
    query.description = parameters.get("Description", query.description)
    return {}


def _delete_named_query(parameters: dict[str, Any], context: RequestContext) -> dict[str, Any]:
    if _athena(context).named_queries.pop(parameters["NamedQueryId"], None) is None:
        raise _no_named_query(parameters["NamedQueryId"])
    return {}


def _delete_prepared_statement(
    parameters: dict[str, Any], context: RequestContext
) -> dict[str, Any]:
    name = parameters["StatementName"]
    if _athena(context).prepared_statements.pop(name, None) is None:
        raise AwsError("ResourceNotFoundException", f"Prepared statement {name} was not found.")
    return {}


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


def _no_named_query(query_id: str) -> AwsError:
    return AwsError("InvalidRequestException", f"Named query {query_id} was not found.")


def _athena(context: RequestContext) -> Any:
    return athena_backends[context.account_id][context.region]
