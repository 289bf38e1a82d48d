"""One statement in, one result out: queries, definitions and what writes tables."""

from sandbox.athena.engine.engine import Engine, Session, StatementResult

__all__ = ["Engine", "Session", "StatementResult"]
