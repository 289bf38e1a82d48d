"""The Python API of AWS Glue's ETL library, on stock PySpark: the sandbox's own implementation.

Names and signatures are those of AWS's package `awsgluedataplanepython`, which a test compares;
what stands behind them is `gluesandbox`. docs/glue-runtime.md says what differs from AWS Glue.
"""

from .dynamicframe import DynamicFrame

__all__ = ["DynamicFrame"]
