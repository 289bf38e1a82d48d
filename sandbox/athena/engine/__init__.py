"""One statement in, one result out: queries, definitions and what writes tables."""

from sandbox.athena.engine.engine import Engine, Outcome, Session

__all__ = ["Engine", "Outcome", "Session"]
