"""What the role of a job may do, from its graph: the statements of Terraform's module `glue_job`.

Needs a job, and what its deployment is called. Gives one `Permission` for each action on each
resource; a test holds them equal to the policies of a plan.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from common.s3 import S3Uri, S3UriError
from glue_studio.access import Access, TableRef, access_of
from glue_studio.model import Job
from glue_studio.project import read_table_files

_READ_FILES = ("s3:GetObject",)
_TEMPORARY = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
_REPLACE = (*_TEMPORARY, "s3:ListMultipartUploadParts")
_READ_TABLES = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
)
_UPDATE_TABLES = (
    "glue:UpdateTable",
    "glue:CreatePartition",
    "glue:BatchCreatePartition",
    "glue:UpdatePartition",
    "glue:DeletePartition",
    "glue:BatchDeletePartition",
)
_WRITE_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_FIND_NETWORK = (
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
)
_USE_NETWORK = ("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface")
_TAG_NETWORK = ("ec2:CreateTags", "ec2:DeleteTags")
_STREAMS = ("error", "output")
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}


@dataclass(frozen=True)
class Deployment:
    """What a deployment is called; by default names that say what stands there.

    Attributes:
        account: id of the account.
        region: where.
        name_prefix: first part of every name.
        buckets: zone, or `assets`, to its bucket, where that is not `<prefix>-<zone>-<account>-<region>`.
        zones: table, in lower case, to its zone and the folder of its files there.
    """

    account: str = "<account>"
    region: str = "<region>"
    name_prefix: str = "<name_prefix>"
    buckets: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[TableRef, tuple[str, str]] = field(default_factory=dict)

    def bucket(self, zone: str) -> str:
        """The bucket of a zone, or of the jobs' assets."""
        usual = f"{self.name_prefix}-{zone.replace('_', '-')}-{self.account}-{self.region}"
        return self.buckets.get(zone, usual)

    def location(self, table: TableRef) -> S3Uri:
        """Where a table's files are."""
        if table not in self.zones:
            return S3Uri(f"<bucket of {table}>", f"<folder of {table}>")
        zone, folder = self.zones[table]
        return S3Uri(self.bucket(zone), folder)

    def role(self, job: str) -> str:
        """The name of a job's role."""
        return f"{self.name_prefix}-{job}-{self.region}"

    def arn(self, service: str, resource: str, *, of_all: bool = False) -> str:
        """An ARN; `of_all` without region and account, as those of S3 are."""
        partition = next((p for r, p in _PARTITIONS.items() if self.region.startswith(r)), "aws")
        place = ":" if of_all else f"{self.region}:{self.account}"
        return f"arn:{partition}:{service}:{place}:{resource}"


@dataclass(frozen=True, order=True)
class Permission:
    """One action that a role may do on one resource.

    Attributes:
        role: the role's name.
        resource: an ARN, perhaps with wildcards; or `*`.
        action: for example `s3:GetObject`.
        why: what needs it, a few words.
    """

    role: str
    resource: str
    action: str
    why: str = field(compare=False)


@dataclass(frozen=True)
class Permissions:
    """What a job's role may do.

    Attributes:
        job: the job's name.
        role: the role's name.
        granted: each action on each resource, sorted.
        unknown: what the job reaches beside that, and no graph tells: a noun phrase each.
    """

    job: str
    role: str
    granted: tuple[Permission, ...]
    unknown: tuple[str, ...]


def permissions_of(job: Job, deployment: Deployment) -> Permissions:
    """What the role of a job may do in a deployment."""
    role = deployment.role(job.name)
    access = access_of(job)
    places, unknown = _places(access, deployment)
    granted = {
        Permission(role, resource, action, why): None
        for why, actions, resources in _statements(job.name, access, places, deployment)
        for action in actions
        for resource in resources
    }
    return Permissions(job.name, role, tuple(sorted(granted)), (*access.unknown, *unknown))


def table_zones(directory: Path, databases: Iterable[str]) -> dict[TableRef, tuple[str, str]]:
    """Table to its zone and folder, from the table definitions of a project.

    Args:
        directory: the folder of the definitions.
        databases: those that a definition may be of which names none.

    Raises:
        TableFileError: a file is not a table definition.
    """
    found: dict[TableRef, tuple[str, str]] = {}
    for file in read_table_files(directory):
        folder = file.path.relative_to(directory).with_suffix("").as_posix()
        for database in [file.database] if file.database else databases:
            table = TableRef(database.lower(), file.name.lower())
            found[table] = (file.zone or "<zone>", f"{folder}/")
    return found


_Statement = tuple[str, tuple[str, ...], list[str]]


@dataclass(frozen=True)
class _Places:
    reads: tuple[S3Uri, ...]
    writes: tuple[S3Uri, ...]
    files: tuple[S3Uri, ...]


def _places(access: Access, deployment: Deployment) -> tuple[_Places, tuple[str, ...]]:
    """The prefixes that a job reads and writes, tables' included, and paths that are not such."""
    unknown: list[str] = []

    def keys(paths: tuple[str, ...]) -> Iterator[S3Uri]:
        for path in paths:
            try:
                uri = S3Uri.parse(path)
            except S3UriError:
                uri = S3Uri("")
            if uri.key.strip("/") and not {"*", "?"} & set(path):  # which a policy takes for any
                yield uri
            else:
                unknown.append(f"the place {path!r}, which is not s3://<bucket>/<prefix>/")

    def prefixes(tables: tuple[TableRef, ...], paths: tuple[str, ...]) -> tuple[S3Uri, ...]:
        on_s3 = [table for table in tables if table not in access.tables_elsewhere]
        found = [*(deployment.location(_lower(table)) for table in on_s3), *keys(paths)]
        return tuple(dict.fromkeys(uri.folder for uri in found))

    reads = prefixes(access.tables_read, access.paths_read)
    writes = prefixes(access.tables_written, access.paths_written)
    return _Places(reads, writes, tuple(keys(access.files_read))), tuple(unknown)


def _statements(
    job: str, access: Access, places: _Places, deployment: Deployment
) -> Iterator[_Statement]:
    """Reason, actions and resources, in the order of the module's statements."""
    assets = S3Uri(deployment.bucket("assets"))
    temporary = (assets / f"temp/{job}", assets / f"spark-logs/{job}")
    used = tuple(dict.fromkeys(map(_lower, access.tables_read + access.tables_written)))
    logs = [f"log-group:/aws-glue/{deployment.name_prefix}/{job}/{kind}" for kind in _STREAMS]
    yield "the job's script", _READ_FILES, [_object(assets / f"scripts/{job}.py", deployment)]
    yield "temporary files and Spark's logs", _TEMPORARY, _objects(temporary, deployment)
    everywhere = (*places.reads, *places.writes)
    yield "looks for files", ("s3:ListBucket",), _buckets((assets, *everywhere), deployment)
    yield (
        "unfinished uploads",
        ("s3:ListBucketMultipartUploads",),
        _buckets((assets, *places.writes), deployment),
    )
    yield "reads", _READ_FILES, _objects(places.reads, deployment)
    yield "libraries", _READ_FILES, [_object(uri, deployment) for uri in places.files]
    yield "replaces", _REPLACE, _objects(places.writes, deployment)
    yield "tables that it uses", _READ_TABLES, _tables(used, deployment)
    changed = tuple(map(_lower, access.tables_changed))
    yield "tables that it changes", _UPDATE_TABLES, _tables(changed, deployment)
    if access.uses_hive_catalog:
        own = ("catalog", "database/default", "database/global_temp")
        databases = [deployment.arn("glue", name) for name in own]
        yield "Spark's catalog", ("glue:GetDatabase",), databases
        yield "Spark's catalog", ("glue:CreateDatabase",), databases[:2]
    if access.evaluates_quality:
        libraries = S3Uri(f"aws-glue-ml-data-quality-assets-{deployment.region}", "*")
        rulesets = [deployment.arn("glue", "dataQualityRuleset/*")]
        yield "data quality results", ("glue:PublishDataQuality",), rulesets
        yield "data quality libraries", _READ_FILES, [_object(libraries, deployment)]
    if access.connections:
        connections = [f"connection/{name}" for name in access.connections]
        named = [deployment.arn("glue", name) for name in ("catalog", *connections)]
        network = ("network-interface", "security-group", "subnet")
        interfaces = [deployment.arn("ec2", f"{kind}/*") for kind in network]
        yield "connections", ("glue:GetConnection",), named
        yield "a connection's network", _FIND_NETWORK, ["*"]
        yield "a connection's network", _USE_NETWORK, interfaces
        yield "a connection's network", _TAG_NETWORK, interfaces[:1]
    groups = [deployment.arn("logs", name) for name in logs]
    streams = [f"{group}:log-stream:*" for group in groups]
    yield "logs", _WRITE_LOGS, [*groups, *streams]
    yield "metrics", ("cloudwatch:PutMetricData",), ["*"]


def _lower(table: TableRef) -> TableRef:
    return TableRef(table.database.lower(), table.table.lower())


def _object(uri: S3Uri, deployment: Deployment) -> str:
    return deployment.arn("s3", f"{uri.bucket}/{uri.key}", of_all=True)


def _objects(prefixes: Iterable[S3Uri], deployment: Deployment) -> list[str]:
    """A prefix's own key, which S3A asks for as well, and what is under it."""
    keys = [replace(uri, key=uri.key.rstrip("/")) for uri in prefixes]
    return [
        _object(replace(uri, key=f"{uri.key}{ending}"), deployment)
        for uri in keys
        for ending in ("", "/*")
    ]


def _buckets(uris: Iterable[S3Uri], deployment: Deployment) -> list[str]:
    return [deployment.arn("s3", uri.bucket, of_all=True) for uri in uris]


def _tables(tables: tuple[TableRef, ...], deployment: Deployment) -> list[str]:
    """The ARNs of tables, of their databases and of the catalog; none for no table."""
    databases = [f"database/{table.database}" for table in tables]
    names = [f"table/{table.database}/{table.table}" for table in tables]
    return [deployment.arn("glue", name) for name in ("catalog", *databases, *names) if tables]
