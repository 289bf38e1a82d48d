"""The Glue API's own shapes, from botocore's service model; nothing is sent anywhere."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.model import Node

# Needed by CreateJob, and never in a job file of ours: the deployment knows them.
_ELSEWHERE: dict[str, Any] = {"Name": "x", "Role": "x"}
_READ_ONLY = frozenset({"CreatedOn", "LastModifiedOn", "ProfileName", "AutoUpgradeMetadata"})


def find(context: Context) -> Iterator[Finding]:
    """Every finding about settings that the API would not take."""
    create, node_shape, validator = _model()
    for node in context.nodes.values():
        report = validator.validate({node.type: dict(node.settings)}, node_shape)
        for problem in _problems(report):
            yield Finding(
                "GS002",
                f"Glue would refuse it: {problem}.",
                "Correct the setting; the Glue API reference names what it takes.",
                node,
            )
        shape = node_shape.members.get(node.type)
        if shape is not None:
            yield from _limits(node.settings, shape, context, node.id)
    settings = {key: value for key, value in context.job.settings.items() if value is not None}
    request = {**_ELSEWHERE, "Command": {}, **settings}
    for key in _READ_ONLY:
        request.pop(key, None)
    for problem in _problems(validator.validate(request, create)):
        yield Finding(
            "GS002",
            f"Glue would refuse a setting of the job: {problem}.",
            "Correct the setting; the reference of CreateJob names what it takes.",
        )


@cache
def _model() -> tuple[Any, Any, Any]:
    from botocore.loaders import Loader  # noqa: PLC0415 - only checks need it
    from botocore.model import ServiceModel  # noqa: PLC0415
    from botocore.validate import ParamValidator  # noqa: PLC0415

    model = ServiceModel(Loader().load_service_model("glue", "service-2"), "glue")
    nodes = model.shape_for("CodeGenConfigurationNode")
    return model.shape_for("CreateJobRequest"), nodes, ParamValidator()


def _problems(report: Any) -> Iterator[str]:
    """The validator's lines, one problem each; numbers of inputs are told as GS103."""
    if report.has_errors():
        for line in report.generate_report().splitlines():
            if not _INPUTS.search(line):
                yield " ".join(line.split()).rstrip(".")


_INPUTS = re.compile(r'\.Inputs, value: \d+, valid min length|Missing required .*: "Inputs"$')


def _input_count(node: Node, limits: Mapping[str, Any]) -> Iterator[Finding]:
    least, most = limits.get("min", 0), limits.get("max")
    if least <= len(node.inputs) and (most is None or len(node.inputs) <= most):
        return
    wanted = str(least) if least == most else f"{least} or more" if most is None else f"{most}"
    yield Finding(
        "GS103",
        f"It has {len(node.inputs)} input(s), and its type takes {wanted}.",
        "Connect it to the nodes that it needs, and to no other.",
        node,
    )


def _limits(
    value: Any, shape: Any, context: Context, node_id: str, path: str = ""
) -> Iterator[Finding]:
    """What the validator leaves out: how long a list may be, and which values are listed."""
    node = context.nodes[node_id]
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for key, inner in value.items():
            if key in shape.members:
                name = f"{path}.{key}" if path else str(key)
                yield from _limits(inner, shape.members[key], context, node_id, name)
    elif shape.type_name == "list" and isinstance(value, list):
        if path == "Inputs":
            yield from _input_count(node, shape.metadata)
        for index, item in enumerate(value):
            yield from _limits(item, shape.member, context, node_id, f"{path}[{index}]")
    elif shape.type_name == "string" and isinstance(value, str):
        listed = getattr(shape, "enum", None)
        if listed and value not in listed:
            yield Finding(
                "GS003",
                f"{path} is {value!r}, which the Glue API does not list.",
                f"Use one of: {', '.join(listed)}.",
                node,
            )
