"""The process of one job run: `python -m sandbox.glue.execution.job_main ORDER` (see `job_process`).

It starts Spark's Java, fetches the files that the arguments name, runs the script as `__main__` and
writes `outcome.json`.
"""

import importlib
import json
import logging
import os
import queue
import re
import signal
import sys
import threading
import traceback
import types
from pathlib import Path
from typing import Any, NoReturn

from sandbox.glue.execution import class_archive, job_files, s3_file_system
from sandbox.glue.execution.installed import Java, SparkStartError
from sandbox.glue.execution.mirror import Mirror, set_current
from sandbox.glue.execution.spark_jvm import SparkJvm

_SESSION = "gluesandbox.spark.session"  # of the runtime, which only a job has on its path
_NOT_HERE = {
    "--extra-jars": "no jar is added to Spark",
    "--datalake-formats": "Iceberg, Hudi and Delta need jars that PyPI does not have",
}

_CAUSE = "Caused by: "
_REFUSED_BY_S3 = re.compile(r"[^:\n]*\(Service: Amazon S3; [^)\n]*\)")


def main(order_path: str) -> NoReturn:
    """Run the job that the order describes; the exit code is 0 if it succeeded, else 1."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    order = json.loads(Path(order_path).read_text())
    lines = _lines_of_parent()
    jvm = None
    if order["script"] is None:
        jvm = _started_ahead(order)
        order = json.loads(Path(lines.get()).read_text())
    os.environ["GLUE_SANDBOX_JOB_NAME"] = order["arguments"].get("--JOB_NAME", "")
    message = _run(order, jvm)
    outcome = Path(order["run_dir"], "outcome.json")
    partial = outcome.with_suffix(".part")
    partial.write_text(json.dumps({"error_message": message}))
    partial.replace(outcome)
    sys.stdout.flush()
    sys.stderr.flush()
    # No waiting for threads of the script, nor for Java to tidy a directory that goes anyway.
    os._exit(0 if message is None else 1)


def _started_ahead(order: dict[str, Any]) -> SparkJvm | None:
    """Spark's Java before a run needs it; None if it does not come up, which the run will see."""
    import boto3  # noqa: F401, PLC0415 -- what a run would import first

    jvm = _start_java(order, [])
    try:
        jvm.connect()
    except SparkStartError:
        jvm.kill()
        return None
    import pyspark.sql  # noqa: F401, PLC0415

    return jvm


def _run(order: dict[str, Any], jvm: SparkJvm | None) -> str | None:
    try:
        _note_what_is_missing(order["arguments"])
        run_dir = Path(order["run_dir"])
        python_paths = job_files.python_paths(order["arguments"], run_dir / "python")
        is_new = order["command"] == "glueetl" and not (jvm and jvm.answers())
        if is_new:
            jvm = _start_java(order, python_paths)
        from sandbox import environment  # noqa: PLC0415 -- boto3 is slow; Java is coming up

        s3 = environment.client("s3")
        set_current(Mirror(run_dir / "s3", Path(order["cache_dir"]), s3))
        job_files.place(order["arguments"], s3, run_dir / "python", run_dir / "cwd")
        if jvm:
            if is_new:
                jvm.connect()
            _prepare_pyspark(order["arguments"])
        sys.path[1:1] = python_paths
    except Exception as error:  # noqa: BLE001 -- every way to fail is told as the run's outcome
        traceback.print_exc()
        if jvm:
            jvm.kill()
        return _one_line(error)
    message = _run_script(Path(order["script"]), order["arguments"])
    if jvm:
        if message is not None:
            message = jvm.reason_of_death() or message
        _say_no_more()
        jvm.kill()
    return message


def _start_java(order: dict[str, Any], python_paths: list[str]) -> SparkJvm:
    java = Java(Path(order["java"]), order["java_version"])
    run_dir = Path(order["run_dir"])
    return SparkJvm(
        java,
        run_dir,
        s3_file_system.settings(
            os.environ["AWS_ENDPOINT_URL"], Path(order["cache_dir"]), run_dir / "tmp" / "s3"
        ),
        conf=order["arguments"].get("--conf", ""),
        python_paths=python_paths,
        data_bytes=order["data_bytes"],
        options=class_archive.java_options(java),
    )


def _prepare_pyspark(arguments: dict[str, str]) -> None:
    """Give PySpark the Data Catalog, if the job asks for it, and words for what is not here."""
    session = importlib.import_module(_SESSION)
    session.prepare()
    if "--enable-glue-datacatalog" in arguments:
        session.enable()


def _run_script(script: Path, arguments: dict[str, str]) -> str | None:
    """Run it as `python script --NAME value …` would and return why it failed."""
    module = types.ModuleType("__main__")
    module.__file__ = str(script)
    sys.modules["__main__"] = module
    sys.argv = [str(script), *(part for pair in arguments.items() for part in pair)]
    try:
        code = compile(script.read_bytes(), str(script), "exec")
        exec(code, module.__dict__)  # noqa: S102 -- the job is the script
    except SystemExit as exit_:
        return None if exit_.code in {None, 0} else f"SystemExit: {exit_.code}"
    except BaseException as error:  # noqa: BLE001
        _print_without_own_frames(error)
        return _one_line(error)
    return None


def _say_no_more() -> None:
    """Keep what PySpark's threads say when their Java is gone out of the job's log."""
    sys.stdout.flush()
    sys.stderr.flush()
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)


def _print_without_own_frames(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)


def _one_line(error: BaseException) -> str:
    """As Glue's ErrorMessage: the last line of a traceback, or the Java error inside it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    name = type(error).__name__
    java = getattr(error, "java_exception", None)
    if java is not None:
        first = lines[0].rstrip(" .:")
        try:
            told = str(java.getMessage() or java.toString()).splitlines()
        except Exception:  # noqa: BLE001 -- the Java that would tell is dead
            told = []
        refused = _REFUSED_BY_S3.search("\n".join(told) or str(error))
        if refused:  # inside what Spark says of the task or job that failed of it
            return f"{first}. {refused[0].strip()}"
        causes = [line for line in told if line.startswith(_CAUSE)]
        return " ".join([f"{first}.", *told[:1], *causes[-1:]]) if told else first
    if type(error).__module__.startswith("pyspark.errors") and lines:
        # Spark adds its plan; of an error in a Python worker the traceback's end says most.
        return f"{name}: {(lines[-1] if name == 'PythonException' else lines[0]).rstrip(';')}"
    return f"{name}: {' '.join(lines)}" if lines else name


def _note_what_is_missing(arguments: dict[str, str]) -> None:
    for name, why in _NOT_HERE.items():
        if arguments.get(name):
            print(f"NOTE {name} {arguments[name]} is ignored in the sandbox: {why}.")


def _lines_of_parent() -> "queue.SimpleQueue[str]":
    """What the process that started this one writes: where the order of the run is.

    When that process is gone, this run's whole process group is killed. The pipe on standard input
    ends with the parent, however the parent ends. (Linux's PR_SET_PDEATHSIG would follow the
    starting thread instead.)
    """
    pipe = os.dup(0)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def watch() -> None:
        with os.fdopen(pipe, encoding="utf-8") as parent:
            for line in parent:
                lines.put(line.rstrip("\n"))
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    return lines


if __name__ == "__main__":
    main(sys.argv[1])
