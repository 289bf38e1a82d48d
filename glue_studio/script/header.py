"""The part of a generated script before its first node."""

from collections.abc import Sequence

from glue_studio.model import Layout, Node
from glue_studio.names import hash_order
from glue_studio.nodes import Text

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


def header(texts: Sequence[tuple[Node, Text]], file_order: Sequence[str], layout: Layout) -> str:
    """Imports, functions, session and default ruleset of a script's nodes.

    Args:
        texts: the nodes in the order of the script.
        file_order: ids of the nodes in the order of the job file.
        layout: the order of the functions, where a script showed one.
    """
    imports = hash_order(line for _, text in texts for line in text.imports)
    functions = _functions(texts, file_order)
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


def _functions(texts: Sequence[tuple[Node, Text]], file_order: Sequence[str]) -> dict[str, str]:
    """Name of a helper, or id of a custom code node, to the text of its function.

    Custom functions come first, in the order of the file. Glue Studio writes its helpers in one
    order, but for the two that share a place: of these, the one that the script uses first.
    """
    by_id = {node.id: (node, text) for node, text in texts}
    functions: dict[str, str] = {}
    for node, text in (by_id[node_id] for node_id in file_order):
        if text.definition:
            functions[node.id] = f"# Script generated for node {node.name}\n{text.definition}\n"
    used = dict.fromkeys(text.helper for _, text in texts if text.helper)
    for helper in sorted(used, key=lambda helper: helper.place):
        functions[helper.name] = helper.text + "\n" + "\n" * helper.blank_after
    return functions
