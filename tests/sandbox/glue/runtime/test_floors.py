"""The packages that a job imports stand on floors: each module imports only from floors below."""

import ast
from collections.abc import Iterator
from pathlib import Path

RUNTIME = Path(__file__).parents[4] / "sandbox/glue/runtime"
FLOORS = (
    "gluesandbox.messages.",
    "gluesandbox.modules.",
    "gluesandbox.types.",
    "gluesandbox.storage.",
    "gluesandbox.reading.",
    "gluesandbox.writing.",
    "gluesandbox.transforms.",
    "gluesandbox.spark.",
    "awsglue.",
    "awsgluedq.",
    "gs_",
    "s3fs.",
)
"""From the ground up."""


def floor(module: str) -> int:
    return next(n for n, name in enumerate(FLOORS) if f"{module}.".startswith(name))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_imports_from_a_floor_above() -> None:
    modules = {
        ".".join(path.relative_to(RUNTIME).with_suffix("").parts).removesuffix(".__init__"): path
        for path in RUNTIME.rglob("*.py")
        if path.parent != RUNTIME / "gluesandbox" or path.name != "__init__.py"
    }
    ours = ("gluesandbox.", "awsglue.", "awsgluedq.", "gs_")
    wrong = [
        (module, name)
        for module, path in modules.items()
        for name in imports(path)
        if name.startswith(ours) and floor(name) > floor(module)
    ]
    assert len(modules) > 50
    assert wrong == []
