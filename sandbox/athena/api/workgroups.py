"""Work groups, named queries, prepared statements, data catalogs and their tags.

moto lacks half of these calls, so they are all kept here.
"""

import copy
import datetime as dt
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws_json import RequestContext
from sandbox.errors import AwsError

ENGINE_VERSION = {
    "SelectedEngineVersion": "AUTO",
    "EffectiveEngineVersion": "Athena engine version 3",
}
PRIMARY = "primary"
DATA_CATALOG = "AwsDataCatalog"

Json = dict[str, Any]
Handler = Callable[[Json, RequestContext], Json]


@dataclass(frozen=True)
class WorkGroupSettings:
    """What a work group says about a query.

    Attributes:
        output_location: None if it names none.
        enforced: a query's own settings don't count.
        encryption: as in the API, None for none.
        scan_limit: in bytes, None for none.
        is_managed: Athena itself keeps the results, in no bucket.
    """

    output_location: str | None
    enforced: bool
    encryption: Json | None
    scan_limit: int | None
    is_managed: bool = False


def invalid(message: str, code: str = "INVALID_INPUT") -> AwsError:
    """Make Athena's error for a request that it refuses; `code` is its AthenaErrorCode."""
    # AWS sends the code under a second name too, which the API's model doesn't have.
    members = {"AthenaErrorCode": code, "ErrorCode": code}
    return AwsError("InvalidRequestException", message, members=members)


class WorkGroups:
    """Keeps work groups and what belongs to them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._groups: dict[str, Json] = {}
        self._queries: dict[str, Json] = {}
        self._statements: dict[tuple[str, str], Json] = {}
        self._catalogs: dict[str, Json] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._add_group(PRIMARY, {}, "")

    def operations(self) -> Mapping[str, Handler]:
        """Give the API operations by name."""
        return {
            "CreateWorkGroup": self._create,
            "GetWorkGroup": self._get,
            "UpdateWorkGroup": self._update,
            "ListWorkGroups": self._list,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": self._list_tags,
            "ListEngineVersions": lambda _body, _context: {"EngineVersions": [ENGINE_VERSION]},
            "CreateNamedQuery": self._create_query,
            "GetNamedQuery": lambda body, _context: {"NamedQuery": self._query(body)},
            "BatchGetNamedQuery": self._batch_get_queries,
            "UpdateNamedQuery": self._update_query,
            "DeleteNamedQuery": self._delete_query,
            "ListNamedQueries": self._list_queries,
            "CreatePreparedStatement": self._create_statement,
            "GetPreparedStatement": lambda b, _c: {"PreparedStatement": self._statement(b)},
            "BatchGetPreparedStatement": self._batch_get_statements,
            "UpdatePreparedStatement": self._update_statement,
            "DeletePreparedStatement": self._delete_statement,
            "ListPreparedStatements": self._list_statements,
            "CreateDataCatalog": self._create_catalog,
            "GetDataCatalog": self._get_catalog,
            "UpdateDataCatalog": self._update_catalog,
            "DeleteDataCatalog": self._delete_catalog,
            "ListDataCatalogs": self._list_catalogs,
        }

    def settings(self, name: str) -> WorkGroupSettings:
        """Tell what a work group says about a query that is about to start.

        Raises:
            AwsError: there is no such work group or it is disabled.
        """
        with self._lock:
            group = self._group(name)
            if group["State"] != "ENABLED":
                raise invalid(f"WorkGroup {name} is disabled.")
            configuration = group["Configuration"]
            result = configuration.get("ResultConfiguration", {})
            return WorkGroupSettings(
                result.get("OutputLocation"),
                bool(configuration.get("EnforceWorkGroupConfiguration", True)),
                result.get("EncryptionConfiguration"),
                configuration.get("BytesScannedCutoffPerQuery"),
                bool(configuration.get("ManagedQueryResultsConfiguration", {}).get("Enabled")),
            )

    def prepared(self, group: str, name: str) -> str | None:
        """Find the text of a prepared statement."""
        with self._lock:
            found = self._statements.get((group, name.lower()))
            return found["QueryStatement"] if found else None

    def prepare(self, group: str, name: str, text: str) -> None:
        """Keep a prepared statement, as PREPARE does."""
        with self._lock:
            self._statements[group, name.lower()] = _statement(group, name, text, "")

    def deallocate(self, group: str, name: str) -> bool:
        """Drop a prepared statement; tell whether there was one."""
        with self._lock:
            return self._statements.pop((group, name.lower()), None) is not None

    # Work groups

    def _group(self, name: str) -> Json:
        try:
            return self._groups[name]
        except KeyError:
            raise invalid(f"WorkGroup {name} is not found.") from None

    def _add_group(self, name: str, configuration: Json, description: str) -> None:
        self._groups[name] = {
            "Name": name,
            "State": "ENABLED",
            "Configuration": {
                "EnforceWorkGroupConfiguration": name != PRIMARY,
                "PublishCloudWatchMetricsEnabled": name != PRIMARY,
                "RequesterPaysEnabled": False,
                "EnableMinimumEncryptionConfiguration": False,
                "ResultConfiguration": {},
                **copy.deepcopy(configuration),
                "EngineVersion": {**ENGINE_VERSION, **_selected_engine(configuration)},
            },
            "Description": description,
            "CreationTime": dt.datetime.now(dt.UTC),
        }

    def _create(self, body: Json, context: RequestContext) -> Json:
        name = body["Name"]
        with self._lock:
            if name in self._groups:
                raise invalid("WorkGroup is already created")
            self._add_group(name, body.get("Configuration", {}), body.get("Description", ""))
            self._tags[_arn(context, "workgroup", name)] = _tags(body)
        return {}

    def _get(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            group = copy.deepcopy(self._group(body["WorkGroup"]))
        if not group["Description"]:
            del group["Description"]
        return {"WorkGroup": group}

    def _update(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            group = self._group(body["WorkGroup"])
            if "Description" in body:
                group["Description"] = body["Description"]
            if "State" in body:
                group["State"] = body["State"]
            _update_configuration(
                group["Configuration"], copy.deepcopy(body.get("ConfigurationUpdates", {}))
            )
        return {}

    def delete(self, body: Json, context: RequestContext, *, has_run: bool) -> Json:
        """Answer DeleteWorkGroup.

        Args:
            body: The request's.
            context: The request's.
            has_run: Whether it ran queries: they are of its contents, as saved ones are
                (RecursiveDeleteOption in Athena's API reference).

        Raises:
            AwsError: there is no such work group, it is the primary one, or it is not empty.
        """
        name = body["WorkGroup"]
        with self._lock:
            if name == PRIMARY:
                raise invalid("WorkGroup primary cannot be deleted.")
            self._group(name)
            owned = [key for key, query in self._queries.items() if query["WorkGroup"] == name]
            kept = [key for key in self._statements if key[0] == name]
            if (owned or kept or has_run) and not body.get("RecursiveDeleteOption"):
                raise invalid(f"WorkGroup {name} is not empty")
            for query in owned:
                del self._queries[query]
            for key in kept:
                del self._statements[key]
            del self._groups[name]
            self._tags.pop(_arn(context, "workgroup", name), None)
        return {}

    def _list(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            items = [
                {
                    "Name": group["Name"],
                    "State": group["State"],
                    "Description": group["Description"],
                    "CreationTime": group["CreationTime"],
                    "EngineVersion": dict(ENGINE_VERSION),
                }
                for _, group in sorted(self._groups.items())
            ]
        return page("WorkGroups", items, body, 50)

    # Tags

    def _tagged(self, body: Json) -> dict[str, str]:
        arn = body["ResourceARN"]
        kind, _, name = arn.rpartition(":")[2].partition("/")
        known = {"workgroup": self._groups, "datacatalog": self._catalogs}.get(kind, {})
        if name not in known and name != DATA_CATALOG:
            raise AwsError("ResourceNotFoundException", f"Resource {arn} not found")
        return self._tags.setdefault(arn, {})

    def _tag(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._tagged(body).update(_tags(body))
        return {}

    def _untag(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            tags = self._tagged(body)
            for key in body["TagKeys"]:
                tags.pop(key, None)
        return {}

    def _list_tags(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            tags = [{"Key": k, "Value": v} for k, v in sorted(self._tagged(body).items())]
        return page("Tags", tags, body, 75)

    # Named queries

    def _query(self, body: Json) -> Json:
        with self._lock:
            query = self._queries.get(body["NamedQueryId"])
            if query is None:
                raise invalid(f"NamedQuery {body['NamedQueryId']} was not found")
            return dict(query)

    def _create_query(self, body: Json, _context: RequestContext) -> Json:
        name = str(uuid.uuid4())
        group = body.get("WorkGroup", PRIMARY)
        with self._lock:
            self._group(group)
            self._queries[name] = {
                "Name": body["Name"],
                "Description": body.get("Description"),
                "Database": body["Database"],
                "QueryString": body["QueryString"],
                "NamedQueryId": name,
                "WorkGroup": group,
            }
        return {"NamedQueryId": name}

    def _batch_get_queries(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            wanted = body["NamedQueryIds"]
            return {
                "NamedQueries": [dict(self._queries[i]) for i in wanted if i in self._queries],
                "UnprocessedNamedQueryIds": [
                    {
                        "NamedQueryId": item,
                        "ErrorCode": "INTERNAL_FAILURE",
                        "ErrorMessage": f"NamedQuery {item} was not found",
                    }
                    for item in wanted
                    if item not in self._queries
                ],
            }

    def _update_query(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._query(body)
            names: tuple[str, ...] = ("Name", "Description", "QueryString")
            changed = {name: body[name] for name in names if name in body}
            self._queries[body["NamedQueryId"]].update(changed)
        return {}

    def _delete_query(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._query(body)
            del self._queries[body["NamedQueryId"]]
        return {}

    def _list_queries(self, body: Json, _context: RequestContext) -> Json:
        group = body.get("WorkGroup", PRIMARY)
        with self._lock:
            self._group(group)
            found = [key for key, query in self._queries.items() if query["WorkGroup"] == group]
        return page("NamedQueryIds", found, body, 50)

    # Prepared statements

    def _statement(self, body: Json) -> Json:
        key = (body["WorkGroup"], body["StatementName"].lower())
        with self._lock:
            self._group(body["WorkGroup"])
            if key not in self._statements:
                raise AwsError(
                    "ResourceNotFoundException",
                    f"PreparedStatement {body['StatementName']} was not found",
                )
            return dict(self._statements[key])

    def _create_statement(self, body: Json, _context: RequestContext) -> Json:
        key = (body["WorkGroup"], body["StatementName"].lower())
        with self._lock:
            self._group(body["WorkGroup"])
            if key in self._statements:
                raise invalid(f"PreparedStatement {body['StatementName']} already exists")
            self._statements[key] = _statement(
                body["WorkGroup"],
                body["StatementName"],
                body["QueryStatement"],
                body.get("Description", ""),
            )
        return {}

    def _batch_get_statements(self, body: Json, _context: RequestContext) -> Json:
        group = body["WorkGroup"]
        with self._lock:
            found = {
                name: self._statements.get((group, name.lower()))
                for name in body["PreparedStatementNames"]
            }
        return {
            "PreparedStatements": [dict(item) for item in found.values() if item],
            "UnprocessedPreparedStatementNames": [
                {
                    "StatementName": name,
                    "ErrorCode": "STATEMENT_NOT_FOUND",
                    "ErrorMessage": f"PreparedStatement {name} was not found",
                }
                for name, item in found.items()
                if item is None
            ],
        }

    def _update_statement(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            old = self._statement(body)
            key = (body["WorkGroup"], body["StatementName"].lower())
            self._statements[key] = _statement(
                body["WorkGroup"],
                old["StatementName"],
                body["QueryStatement"],
                str(body.get("Description", old["Description"])),
            )
        return {}

    def _delete_statement(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._statement(body)
            del self._statements[body["WorkGroup"], body["StatementName"].lower()]
        return {}

    def _list_statements(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._group(body["WorkGroup"])
            found = [
                {
                    "StatementName": item["StatementName"],
                    "LastModifiedTime": item["LastModifiedTime"],
                }
                for (group, _), item in sorted(self._statements.items())
                if group == body["WorkGroup"]
            ]
        return page("PreparedStatements", found, body, 50)

    # Data catalogs

    def _create_catalog(self, body: Json, context: RequestContext) -> Json:
        with self._lock:
            if body["Name"] in {*self._catalogs, DATA_CATALOG}:
                raise invalid(f"DataCatalog {body['Name']} already exists")
            self._catalogs[body["Name"]] = {
                key: body[key]
                for key in ("Name", "Type", "Description", "Parameters")
                if key in body
            }
            self._tags[_arn(context, "datacatalog", body["Name"])] = _tags(body)
            return {"DataCatalog": {**self._catalogs[body["Name"]], "Status": "CREATE_COMPLETE"}}

    def _get_catalog(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            return {"DataCatalog": dict(self._catalog(body["Name"]))}

    def _catalog(self, name: str) -> Json:
        if name.lower() == DATA_CATALOG.lower():
            return {"Name": DATA_CATALOG, "Type": "GLUE", "Status": "CREATE_COMPLETE"}
        if name not in self._catalogs:
            raise invalid(f"DataCatalog {name} was not found")
        return self._catalogs[name]

    def _update_catalog(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._catalog(body["Name"]).update(
                {k: body[k] for k in ("Type", "Description", "Parameters") if k in body}
            )
        return {}

    def _delete_catalog(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            if body["Name"] == DATA_CATALOG:
                raise invalid(f"DataCatalog {DATA_CATALOG} cannot be deleted")
            self._catalog(body["Name"])
            del self._catalogs[body["Name"]]
        return {}

    def _list_catalogs(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            items = [{"CatalogName": DATA_CATALOG, "Type": "GLUE", "Status": "CREATE_COMPLETE"}]
            items += [
                {"CatalogName": name, "Type": item["Type"], "Status": "CREATE_COMPLETE"}
                for name, item in sorted(self._catalogs.items())
            ]
        return page("DataCatalogsSummary", items, body, 50)


def page(name: str, items: list[Any], body: Json, largest: int) -> Json:
    """Answer with one page of a list; the token is the number of the next item.

    Raises:
        AwsError: the token is none of ours.
    """
    token = body.get("NextToken", "0")
    if not token.isdigit() or int(token) > len(items):
        raise invalid("Invalid NextToken")
    start = int(token)
    end = start + min(body.get("MaxResults", largest), largest)
    return {name: items[start:end], "NextToken": str(end) if end < len(items) else None}


def _selected_engine(configuration: Mapping[str, Any]) -> dict[str, str]:
    chosen = (configuration.get("EngineVersion") or {}).get("SelectedEngineVersion")
    return {"SelectedEngineVersion": chosen} if chosen else {}


def _update_configuration(configuration: Json, updates: Json) -> None:
    results = updates.pop("ResultConfigurationUpdates", {})
    kept = configuration.setdefault("ResultConfiguration", {})
    for name, value in results.items():
        if name.startswith("Remove"):
            if value:
                kept.pop(name.removeprefix("Remove"), None)
        else:
            kept[name] = value
    if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
        configuration.pop("BytesScannedCutoffPerQuery", None)
    if updates.pop("RemoveCustomerContentEncryptionConfiguration", False):
        configuration.pop("CustomerContentEncryptionConfiguration", None)
    engine = {**configuration["EngineVersion"], **_selected_engine(updates)}
    configuration.update({**updates, "EngineVersion": engine})


def _statement(group: str, name: str, text: str, description: str) -> Json:
    return {
        "StatementName": name,
        "QueryStatement": text,
        "WorkGroupName": group,
        "Description": description,
        "LastModifiedTime": dt.datetime.now(dt.UTC),
    }


def _arn(context: RequestContext, kind: str, name: str) -> str:
    return f"arn:aws:athena:{context.region}:{context.account_id}:{kind}/{name}"


def _tags(body: Json) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in body.get("Tags", [])}
