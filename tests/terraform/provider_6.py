"""Write provider_6.json: the arguments of the provider 6 for the types that the modules use.

    python -m tests.terraform.provider_6 FOLDER

FOLDER is the unpacked package `cdktn-provider-aws` 25.x, which is generated from the schema of the
provider 6 and can be had where the provider itself cannot: `pip install --no-deps --target FOLDER
cdktn-provider-aws==25.8.0`. Another type is added to the JSON file with any value and written again.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).with_suffix(".json")
# What Terraform itself gives every resource, and what no configuration sets.
_META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}
_UNSET = {"id", "timeouts"}


def arguments(source: str) -> dict[str, Any]:
    """Give each argument of a resource, of a module's source: None, or the arguments of a block."""
    inits = {
        node.name: init
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef)
        for init in node.body
        if isinstance(init, ast.FunctionDef) and init.name == "__init__"
    }

    def of(name: str, without: set[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for argument in inits[name].args.kwonlyargs:
            blocks = [
                block
                for block in re.findall(r"\w+", ast.unparse(argument.annotation or argument))
                if block in inits
            ]
            if argument.arg not in without:  # Python's keywords have an underscore: `and_`
                found[argument.arg.rstrip("_")] = of(blocks[0], set()) if blocks else None
        return dict(sorted(found.items()))

    config = next(
        name for name, init in inits.items()
        if name.endswith("Config") and {a.arg for a in init.args.kwonlyargs} > _META
    )  # fmt: skip
    return of(config, _META | _UNSET)


def main() -> int:
    """Write the file anew and return the exit code."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 3
    known = json.loads(SCHEMA.read_text(encoding="utf-8"))
    modules = Path(sys.argv[1]) / "cdktn_provider_aws"
    lines = []
    for type_ in sorted(known):
        module = modules / type_.removeprefix("aws_") / "__init__.py"
        found = arguments(module.read_text(encoding="utf-8"))
        lines.append(f" {json.dumps(type_)}: {json.dumps(found)}")
    SCHEMA.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
