"""What belongs to one account and stands in the file all the same."""

from collections.abc import Iterator

from glue_studio.check.context import Context
from glue_studio.check.findings import Finding
from glue_studio.lifecycle.importing import account_names, clean


def find(context: Context) -> Iterator[Finding]:
    """One finding about the job's settings, and one a node that names an account."""
    cleaned = clean(context.job)
    if cleaned.removed:
        paths = ", ".join(removal.path for removal in cleaned.removed)
        yield Finding(
            "GS004",
            f"The file names what belongs to one account, to the deployment or to Glue: {paths}.",
            "Run `import` on the file, which takes it out.",
        )
    for node in context.nodes.values():
        for named in account_names(node):
            yield Finding(
                "GS004",
                f"{named}.",
                "Name a table of the Data Catalog, or pass the place as a job argument.",
                node,
            )
