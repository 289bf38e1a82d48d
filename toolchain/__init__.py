"""What `make setup` runs: packages, Terraform and its AWS provider, installed into the project.

It runs before anything is installed, so it uses the standard library alone and imports nothing of
this project, and nothing imports it. Everything it installs lies in `.venv` and `.tools`; what the
other commands need to know of it stands in `.tools/environment.json`.
"""

import sys

if sys.version_info < (3, 9):  # noqa: UP036 -- whatever Python a machine has may start this
    print("ERROR Python 3.9 or newer is needed to set this up, best Python 3.11.", file=sys.stderr)
    sys.exit(2)
