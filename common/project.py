"""The project's folder, and what `make setup` installed into it."""

from pathlib import Path

_HERE = Path(__file__).resolve().parents[1]
PROJECT = _HERE if (_HERE / "pyproject.toml").is_file() else Path.cwd()
"""The checkout that this code is part of; where it is installed, the folder of whoever runs it."""
TOOLS = PROJECT / ".tools"
