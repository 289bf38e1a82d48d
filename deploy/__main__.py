"""`python -m deploy`: see `deploy.cli`."""

from common.command import launch

if __name__ == "__main__":
    launch("deploy.cli")
