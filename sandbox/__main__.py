"""`python -m sandbox`: see `sandbox.cli`."""

from common.command import launch

if __name__ == "__main__":
    launch("sandbox.cli")
