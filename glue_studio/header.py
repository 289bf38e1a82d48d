"""The part of a generated script before its first node."""

from collections.abc import Sequence

from glue_studio.model import Layout, Node
from glue_studio.nodes import HELPERS, Text
from glue_studio.order import hash_order

IMPORTS = """\
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
"""

SESSION = """\
args = getResolvedOptions(sys.argv, ['JOB_NAME'])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)

"""

DEFAULT_RULESET = '''\
# Default ruleset used by all target nodes with data quality enabled
DEFAULT_DATA_QUALITY_RULESET = """
    Rules = [
        ColumnCount > 0
    ]
"""

'''


def header(texts: Sequence[tuple[Node, Text]], layout: Layout) -> str:
    """Imports, functions, session and default ruleset of a script's nodes.

    Args:
        texts: The nodes in the order of the script.
        layout: The order of the functions, where a script showed one. Otherwise helpers come
            first, then custom functions in the order of the script.
    """
    imports = hash_order(line for _, text in texts for line in text.imports)
    used = {text.helper for _, text in texts}
    functions = {
        helper.name: helper.text + "\n" + "\n" * helper.blank_after
        for helper in HELPERS
        if helper in used
    }
    for node, text in texts:
        if text.definition:
            functions[node.id] = f"# Script generated for node {node.name}\n{text.definition}\n"
    places = {name: place for place, name in enumerate(layout.functions)}
    order = sorted(functions, key=lambda name: places.get(name, len(places)))
    ruleset = DEFAULT_RULESET if any(text.default_ruleset for _, text in texts) else ""
    return "".join(
        [
            IMPORTS,
            *(f"{line}\n" for line in imports),
            "\n",
            *(functions[name] for name in order),
            SESSION,
            ruleset,
        ]
    )
