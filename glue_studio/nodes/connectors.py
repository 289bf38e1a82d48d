"""Marketplace and custom connectors, and streams: what they reach is known, their text is not."""

from glue_studio.model import Node
from glue_studio.nodes.kind import Access, Kind, Role, reads_table_elsewhere, texts_at


def _connector(node: Node) -> Access:
    return Access(connections=texts_at(node.settings, "ConnectionName"))


def _any_connector(node: Node) -> Access:
    return Access(
        connections=texts_at(node.settings, "Data.connectionName"),
        unknown=(f"what the {node.type} “{node.name}” reaches",),
    )


def _stream(node: Node) -> Access:
    connections = texts_at(node.settings, "StreamingOptions.ConnectionName")
    names = texts_at(
        node.settings,
        "StreamingOptions.StreamArn",
        "StreamingOptions.StreamName",
        "StreamingOptions.TopicName",
    )
    return Access(
        connections=connections,
        unknown=tuple(f"the stream {name}" for name in names)
        or (f"the stream of the {node.type} “{node.name}”",),
    )


KINDS = (
    *(
        Kind(node_type, Role.SOURCE, access=_connector)
        for node_type in (
            "AthenaConnectorSource",
            "JDBCConnectorSource",
            "SparkConnectorSource",
        )
    ),
    *(
        Kind(node_type, Role.TARGET, access=_connector)
        for node_type in ("JDBCConnectorTarget", "SparkConnectorTarget")
    ),
    Kind("ConnectorDataSource", Role.SOURCE, access=_any_connector),
    Kind("ConnectorDataTarget", Role.TARGET, access=_any_connector),
    *(
        Kind(node_type, Role.SOURCE, access=_stream, streams=True)
        for node_type in ("DirectKafkaSource", "DirectKinesisSource")
    ),
    *(
        Kind(node_type, Role.SOURCE, access=reads_table_elsewhere, streams=True)
        for node_type in ("CatalogKafkaSource", "CatalogKinesisSource")
    ),
)
