"""Marketplace and custom connectors, and streams: what they reach is known, their text is not."""

from glue_studio.model import Node, texts_at
from glue_studio.nodes.access import Access, reads_table_elsewhere
from glue_studio.nodes.kind import source, target


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
    source("AthenaConnectorSource", _connector),
    source("JDBCConnectorSource", _connector),
    source("SparkConnectorSource", _connector),
    target("JDBCConnectorTarget", _connector),
    target("SparkConnectorTarget", _connector),
    source("ConnectorDataSource", _any_connector),
    target("ConnectorDataTarget", _any_connector),
    source("DirectKafkaSource", _stream, streams=True),
    source("DirectKinesisSource", _stream, streams=True),
    source("CatalogKafkaSource", reads_table_elsewhere, streams=True),
    source("CatalogKinesisSource", reads_table_elsewhere, streams=True),
)
