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
        results: its ResultConfiguration, as in the API.
        enforced: a query's own settings don't count.
        scan_limit: in bytes, None for none.
        is_managed: Athena itself keeps the results, in no bucket.
    """

    results: Json
    enforced: bool
    scan_limit: int | None
    is_managed: bool = False


def invalid(message: str, code: str = "INVALID_INPUT") -> AwsError:
    """Make Athena's error for a request that it refuses; `code` is its AthenaErrorCode."""
    # AWS sends the code under a second name too, which the API's model doesn't have.
    members = {"AthenaErrorCode": code, "ErrorCode": code}
    return AwsError("InvalidRequestException", message, members=members)


class RequestTokens:
    """What was made for which ClientRequestToken, so that a request sent again makes nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, tuple[Any, str]] = {}

    def find(self, body: Json, asked: Any) -> str | None:
        """Give the name of what a request with this one's token made.

        Args:
            body: the request's.
            asked: what of it must be the same.

        Raises:
            AwsError: that was another request.
        """
        with self._lock:
            known, name = self._made.get(body.get("ClientRequestToken", ""), (asked, None))
        if known != asked:
            raise invalid("Idempotent parameters do not match", "IDEMPOTENT_PARAMETER_MISMATCH")
        return name

    def keep(self, body: Json, asked: Any, name: str) -> None:
        """Remember what the request made."""
        if "ClientRequestToken" in body:
            with self._lock:
                self._made[body["ClientRequestToken"]] = (asked, name)


class WorkGroups:
    """Keeps work groups and what belongs to them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._groups: dict[str, Json] = {}
        self._queries: dict[str, Json] = {}
        self._statements: dict[tuple[str, str], Json] = {}
        self._catalogs: dict[str, Json] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._tokens = RequestTokens()
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
            "ListEngineVersions": self._list_engines,
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
            return WorkGroupSettings(
                copy.deepcopy(configuration["ResultConfiguration"]),
                bool(configuration.get("EnforceWorkGroupConfiguration", True)),
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
            raise invalid("WorkGroup is not found.") from None

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

    def _list_engines(self, body: Json, _context: RequestContext) -> Json:
        effective = ENGINE_VERSION["EffectiveEngineVersion"]
        engines = [ENGINE_VERSION, {**ENGINE_VERSION, "SelectedEngineVersion": effective}]
        return page("EngineVersions", engines, body, 10)

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
        group = body.get("WorkGroup", PRIMARY)
        with self._lock:
            if known := self._tokens.find(body, body):
                return {"NamedQueryId": known}
            self._group(group)
            name = str(uuid.uuid4())
            self._tokens.keep(body, body, name)
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
                "Status": "CREATE_COMPLETE",
                **{
                    key: body[key]
                    for key in ("Name", "Type", "Description", "Parameters")
                    if key in body
                },
            }
            self._tags[_arn(context, "datacatalog", body["Name"])] = _tags(body)
            return {"DataCatalog": dict(self._catalogs[body["Name"]])}

    def _get_catalog(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            return {"DataCatalog": dict(self._catalog(body["Name"]))}

    def _catalog(self, name: str) -> Json:
        if name.lower() == DATA_CATALOG.lower():
            return {"Name": DATA_CATALOG, "Type": "GLUE", "Status": "CREATE_COMPLETE"}
        if name not in self._catalogs:
            raise invalid(f"DataCatalog {name} was not found")
        return self._catalogs[name]

    def _own_catalog(self, name: str, verb: str) -> Json:
        if name.lower() == DATA_CATALOG.lower():
            raise invalid(f"DataCatalog {DATA_CATALOG} cannot be {verb}")
        return self._catalog(name)

    def unread(self, name: str) -> str:
        """Tell why a catalog is not read that is not the account's Data Catalog."""
        with self._lock:
            known = name in self._catalogs
        return (
            f"Catalog {name}: the embedded Athena reads no catalog but {DATA_CATALOG}"
            if known
            else f"Catalog {name} was not found"
        )

    def _update_catalog(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            self._own_catalog(body["Name"], "updated").update(
                {k: body[k] for k in ("Type", "Description", "Parameters") if k in body}
            )
        return {}

    def _delete_catalog(self, body: Json, context: RequestContext) -> Json:
        with self._lock:
            self._own_catalog(body["Name"], "deleted")
            del self._catalogs[body["Name"]]
            self._tags.pop(_arn(context, "datacatalog", body["Name"]), None)
        return {}

    def _list_catalogs(self, body: Json, _context: RequestContext) -> Json:
        with self._lock:
            items = [{"CatalogName": DATA_CATALOG, "Type": "GLUE", "Status": "CREATE_COMPLETE"}]
            items += [
                {"CatalogName": name, "Type": item["Type"], "Status": item["Status"]}
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
        raise invalid(f"The nextPageToken is malformed: {token}")
    start = int(token)
    # Some lists may be asked for 0 items, which can only mean that their number is left to AWS.
    end = start + min(body.get("MaxResults") or largest, largest)
    return {name: items[start:end], "NextToken": str(end) if end < len(items) else None}


def _selected_engine(configuration: Mapping[str, Any]) -> dict[str, str]:
    chosen = (configuration.get("EngineVersion") or {}).get("SelectedEngineVersion")
    if chosen and chosen not in ENGINE_VERSION.values():
        known = " or ".join(ENGINE_VERSION.values())
        raise invalid(f"EngineVersion {chosen}: the embedded Athena has {known}")
    return {"SelectedEngineVersion": chosen} if chosen else {}


def _update_configuration(configuration: Json, updates: Json) -> None:
    engine = {**configuration["EngineVersion"], **_selected_engine(updates)}
    _apply(updates, configuration)
    configuration["EngineVersion"] = engine


def _apply(updates: Json, kept: Json) -> None:
    """Change a configuration as the API's shapes of updates say by the names of their members."""
    for name, value in updates.items():
        if name.startswith("Remove"):
            if value:
                kept.pop(name.removeprefix("Remove"), None)
        elif name.endswith("Updates"):
            _apply(value, kept.setdefault(name.removesuffix("Updates"), {}))
        else:
            kept[name] = value


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
