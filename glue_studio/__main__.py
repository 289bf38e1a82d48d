"""`python -m glue_studio`: see `glue_studio.cli`."""

from common.command import launch

if __name__ == "__main__":
    launch("glue_studio.cli")
