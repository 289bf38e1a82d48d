"""Column functions that AWS adds to Spark's."""

from pyspark.sql import functions as F


def replaceArrayElement(srcCol, replaceCol, idx):
    """The array with another element at an index from 0."""
    return F.transform(
        srcCol, lambda item, position: F.when(position == idx, replaceCol).otherwise(item)
    )


def namedStruct(*cols):
    """A struct of alternating names and values."""
    if len(cols) == 1 and isinstance(cols[0], (list, set)):
        cols = tuple(cols[0])
    return F.call_function("named_struct", *cols)


def explodeWithIndex(col):
    """A row an element, in the columns `index` (from 0) and `val`."""
    return F.posexplode(col).alias("index", "val")
