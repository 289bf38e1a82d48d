"""The part of a generated script before its first node."""

from collections.abc import Sequence

from glue_studio.model import Layout, Node
from glue_studio.names import hash_order
from glue_studio.nodes import HELPERS, LAST_HELPER, Text

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
        texts: The nodes in the order of the script.
        file_order: Ids of the nodes in the order of the job file.
        layout: The order of the functions, where a script showed one.
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

    Glue Studio writes its helpers in one order, but for the two that share a place: of these, the
    one that the script uses first comes first. Where custom functions stand between them follows
    from nothing in the graph, but that the last helper comes after them all: here they come in the
    order of the file.
    """
    first_use: dict[str, int] = {}
    for place, (_, text) in enumerate(texts):
        if text.helper:
            first_use.setdefault(text.helper.name, place)
    by_id = {node.id: (node, text) for node, text in texts}
    found: dict[str, str] = {}
    for node, text in (by_id[node_id] for node_id in file_order):
        if text.helper:
            found.setdefault(text.helper.name, "")
        if text.definition:
            found[node.id] = f"# Script generated for node {node.name}\n{text.definition}\n"
    helpers = [helper for helper in HELPERS if helper.name in found]
    used = iter(sorted(helpers, key=lambda helper: (helper.place, first_use[helper.name])))
    functions: dict[str, str] = {}
    for name, definition in found.items():
        if definition:
            functions[name] = definition
        else:
            helper = next(used)
            functions[helper.name] = helper.text + "\n" + "\n" * helper.blank_after
    if LAST_HELPER in functions:
        functions[LAST_HELPER] = functions.pop(LAST_HELPER)
    return functions
