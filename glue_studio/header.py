"""The part of a generated script before its first node."""

from collections.abc import Iterable

from glue_studio.model import Node
from glue_studio.nodes import Helper, Text
from glue_studio.order import hash_order

_IMPORTS = """\
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
"""

_SESSION = """\
args = getResolvedOptions(sys.argv, ['JOB_NAME'])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)

"""

_DEFAULT_RULESET = '''\
# Default ruleset used by all target nodes with data quality enabled
DEFAULT_DATA_QUALITY_RULESET = """
    Rules = [
        ColumnCount > 0
    ]
"""

'''


def header(texts: Iterable[tuple[Node, Text]]) -> str:
    """Imports, helpers, custom functions, session and default ruleset of these nodes."""
    imports: list[str] = []
    functions: list[str] = []
    seen: set[Helper] = set()
    default_ruleset = False
    for node, text in texts:
        imports += text.imports
        default_ruleset = default_ruleset or text.default_ruleset
        for helper in text.helpers:
            if helper not in seen:
                seen.add(helper)
                functions.append(helper.text + "\n" + "\n" * helper.blank_after)
        if text.definition:
            functions.append(f"# Script generated for node {node.name}\n{text.definition}\n")
    extra = "".join(f"{line}\n" for line in hash_order(imports))
    return (
        _IMPORTS
        + extra
        + "\n"
        + "".join(functions)
        + _SESSION
        + (_DEFAULT_RULESET if default_ruleset else "")
    )
