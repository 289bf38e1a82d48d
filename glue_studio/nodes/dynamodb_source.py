"""Amazon DynamoDB tables that a job reads through an export to S3."""

from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Kind, Scope, Text
from glue_studio.nodes.reading import Block, Unread, boolean
from glue_studio.nodes.values import mapping, member, quoted, refuse

_TEXTS = {
    "dynamodb.export": "DynamodbExport",
    "dynamodb.s3.bucket": "DynamodbS3Bucket",
    "dynamodb.s3.prefix": "DynamodbS3Prefix",
    "dynamodb.tableArn": "DynamodbTableArn",
}
_UNNESTED = "DynamodbUnnestDDBJson"


def _emit(node: Node, scope: Scope) -> Text:
    options = mapping(node, "ConnectionOptions")
    known = {*_TEXTS.values(), _UNNESTED}
    odd = [key for key, value in options.items() if value and key not in known]
    if odd or options.get(_UNNESTED) is not True:
        raise refuse(
            node,
            "the text that Glue Studio writes for ConnectionOptions with "
            f"{odd[0] if odd else 'nested DynamoDB JSON'} is not known.",
        )
    variable = scope.variable(node)
    entries = "".join(
        f'"{key}": '
        f"{quoted(node, 'ConnectionOptions', member(node, 'ConnectionOptions', options, name))}, "
        for key, name in _TEXTS.items()
    )
    return Text(
        f"{variable} = glueContext.create_dynamic_frame.from_options("
        f'connection_type="dynamodb", connection_options={{{entries}'
        f'"dynamodb.unnestDDBJson": True}}, transformation_ctx="{variable}")'
    )


def _recognise(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("glueContext.create_dynamic_frame.from_options")
    if call.raw("connection_type") != "dynamodb":
        raise Unread
    entries = call.entries("connection_options")
    return {
        "ConnectionOptions": {
            **{name: block.raw(entries.get(key)) for key, name in _TEXTS.items()},
            _UNNESTED: boolean(entries.get("dynamodb.unnestDDBJson")),
        }
    }


KINDS = (Kind("DynamoDBELTConnectorSource", _emit, _recognise),)
