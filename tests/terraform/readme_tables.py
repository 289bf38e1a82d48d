"""The tables of inputs and outputs in the README of each Terraform module.

`python -m tests.terraform.readme_tables` writes them; a test fails where they are not current.
terraform-docs, which others use for this, is on no registry that this project reaches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MODULES = sorted(Path(__file__).resolve().parents[2].glob("terraform/modules/*/README.md"))

_BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_HEADING = "## Inputs"


@dataclass(frozen=True)
class Block:
    """A variable or an output, as its file declares it.

    Attributes:
        type_: The type in one line; empty for an output.
        default: As it is written; None for a required variable and for an output.
    """

    name: str
    description: str
    type_: str
    default: str | None


def declared(file: Path) -> list[Block]:
    """The variables or outputs of a file, in its order."""
    blocks = []
    for _, name, body in _BLOCK.findall(file.read_text(encoding="utf-8")):
        default = re.search(r"^  default\s+= (.*)$", body, re.MULTILINE)
        description = re.search(r'^  description = "(.*)"$', body, re.MULTILINE)
        blocks.append(
            Block(
                name,
                description[1].replace('\\"', '"') if description else "",
                _type(body),
                default[1] if default else None,
            )
        )
    return blocks


def with_tables(readme: Path) -> str:
    """The text of a README, with the tables of its module as they must be."""
    text = readme.read_text(encoding="utf-8").partition(f"\n{_HEADING}\n")[0].rstrip()
    inputs = declared(readme.parent / "variables.tf")
    outputs = declared(readme.parent / "outputs.tf")
    required = [block for block in inputs if block.default is None]
    optional = [block for block in inputs if block.default is not None]
    lines = [
        *["", _HEADING, "", "| name | type | default | |", "|---|---|---|---|"],
        *(
            f"| `{block.name}` | `{block.type_}` | "
            f"{'required' if block.default is None else f'`{block.default}`'} | "
            f"{_cell(block.description)} |"
            for block in required + optional
        ),
        *["", "## Outputs", "", "| name | |", "|---|---|"],
        *(f"| `{block.name}` | {_cell(block.description)} |" for block in outputs),
    ]
    return "\n".join([text, *lines]) + "\n"


def _type(body: str) -> str:
    """The type of a variable in one line, its attributes apart by commas."""
    taken: list[str] = []
    for line in body.partition("\n  type ")[2].lstrip(" =").splitlines():
        taken.append(line.strip())
        if all(sum(part.count(x) for part in taken) == sum(part.count(y) for part in taken)
               for x, y in ("()", "{}", "[]")):  # fmt: skip
            break
    text = re.sub(r" +", " ", ", ".join(taken))
    return text.replace("{, ", "{ ").replace(", }", " }")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the tables of every module."""
    for readme in MODULES:
        readme.write_text(with_tables(readme), encoding="utf-8")


if __name__ == "__main__":
    main()
