"""Python modules that AWS Glue has and the sandbox has not: their import says so."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from gluesandbox.messages import not_in_sandbox

# AWS's own and Delta Lake's: nobody can do without these.
_NEEDED = {
    "awsglueml": "The module awsglueml, of AWS's detection of sensitive data,",
    "awsgluedi": "The module awsgluedi, of AWS's data preparation recipes,",
    "awsgluescala": "The module awsgluescala",
    "delta": "The module delta, of Delta Lake,",
}
# Others look whether these are there, and go on without.
_OPTIONAL = frozenset(
    [
        "aiobotocore",
        "awscli",
        "joblib",
        "kaleido",
        "lxml",
        "matplotlib",
        "nltk",
        "openpyxl",
        "patsy",
        "plotly",
        "pmdarima",
        "psycopg2",
        "pyhocon",
        "pymysql",
        "pytz",
        "redshift_connector",
        "regex",
        "scipy",
        "seaborn",
        "sklearn",
        "statsmodels",
        "tqdm",
        "xlrd",
    ]
)


class ModuleOfGlueNotFoundError(ModuleNotFoundError):
    """A module that every job on AWS Glue can import."""


class _LastResort(MetaPathFinder):
    """Asked for a module after all others have not found it."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 -- the protocol's
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname in _NEEDED:
            raise not_in_sandbox(_NEEDED[fullname])
        if fullname in _OPTIONAL:
            raise ModuleOfGlueNotFoundError(
                f"No module named {fullname!r}: AWS Glue has it, and it is not in the sandbox; name "
                "a wheel of it in --additional-python-modules.",
                name=fullname,
            )
        return None


def refuse() -> None:
    """Let the import of a module that only AWS Glue has say that it is not in the sandbox."""
    if not any(isinstance(finder, _LastResort) for finder in sys.meta_path):
        sys.meta_path.append(_LastResort())
