"""Names of Java classes and packages, of which PySpark asks Java again at each use.

For `sc._jvm.functions`, with which each call of `pyspark.sql.functions` begins, and for each step of
`jvm.org.apache.spark` Java looks through some 250 jars for a class of that name. Later versions keep
the answers in Python (py4j's pull request 596) or do not ask (Spark's SPARK-48475).
"""

from collections.abc import Callable
from typing import Any

from py4j import protocol

_WHAT_IS = protocol.REFLECTION_COMMAND_NAME + protocol.REFL_GET_UNKNOWN_SUB_COMMAND_NAME
_IMPORTS = protocol.JVMVIEW_COMMAND_NAME


def remembered(send_command: Callable[..., Any]) -> Callable[..., Any]:
    """Send a command as py4j's client does, but ask only once what a name is.

    An import may change it, and what is a package because no class has its name, with a large
    letter, may be a class of a jar that is added later: that is asked again.
    """
    known: dict[str, Any] = {}

    def send(command: str, *args: Any, **kwargs: Any) -> Any:
        if command in known:
            return known[command]
        if command.startswith(_IMPORTS):
            known.clear()
        answer = send_command(command, *args, **kwargs)
        if command.startswith(_WHAT_IS) and (
            answer.startswith(protocol.SUCCESS_CLASS)
            or (answer == protocol.SUCCESS_PACKAGE and command.islower())
        ):
            known[command] = answer
        return answer

    return send
