"""The process of one job run: `python -m sandbox.glue.execution.job_main ORDER` (see `job_process`).

It starts Spark's Java, brings the buckets in, runs the script as `__main__`, sends back what the
script left in the buckets, also when it failed, and writes `outcome.json`.
"""

import json
import logging
import os
import shutil
import signal
import sys
import threading
import traceback
import types
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from sandbox.glue.execution import class_archive
from sandbox.glue.execution.java import Java
from sandbox.glue.execution.mirror import Listing, Mirror, set_current
from sandbox.glue.execution.spark_jvm import SparkJvm

# Where AWS keeps the gs_* modules of Glue Studio's nodes, one bucket a region.
_STUDIO_BUCKET = "aws-glue-studio-transforms-"
_NOT_HERE = {
    "--additional-python-modules": "packages are not installed for a job; those of the project's "
    "own environment can be imported",
    "--extra-jars": "no jar is added to Spark",
    "--datalake-formats": "Iceberg, Hudi and Delta need jars that PyPI does not have",
}


class JobEnvironmentError(Exception):
    """The run cannot be prepared: a file that the arguments name is not in S3."""


def main(order_path: str) -> NoReturn:
    """Run the job that the order describes; the exit code is 0 if it succeeded, else 1."""
    _end_with_parent()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    order = json.loads(Path(order_path).read_text())
    message = _run(order)
    outcome = Path(order["run_dir"], "outcome.json")
    partial = outcome.with_suffix(".part")
    partial.write_text(json.dumps({"error_message": message}))
    partial.replace(outcome)
    sys.stdout.flush()
    sys.stderr.flush()
    # No waiting for threads of the script, nor for Java to tidy a directory that goes anyway.
    os._exit(0 if message is None else 1)


def _run(order: dict[str, Any]) -> str | None:
    jvm: SparkJvm | None = None
    try:
        _note_what_is_missing(order["arguments"])
        python_paths = _python_paths(order)
        listing = _listing(order)
        if order["command"] == "glueetl":
            java = Java(Path(order["java"]), order["java_version"])
            jvm = SparkJvm(
                java,
                Path(order["run_dir"]),
                listing.buckets,
                conf=order["arguments"].get("--conf", ""),
                python_paths=python_paths,
                data_bytes=order["data_bytes"],
                options=class_archive.java_options(java),
            )
        mirror = _bring_in_buckets(order, listing)
        _place_extra_files(order, mirror)
        if jvm:
            jvm.connect()
        sys.path[1:1] = python_paths
    except Exception as error:  # noqa: BLE001 -- every way to fail is told as the run's outcome
        traceback.print_exc()
        if jvm:
            jvm.kill()
        return _one_line(error)
    message = _run_script(Path(order["script"]), order["arguments"])
    if jvm and message is not None:
        message = jvm.reason_of_death() or message
    try:
        mirror.push()
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        message = message or f"What the job wrote cannot be put into S3: {_one_line(error)}"
    if jvm:
        jvm.kill()
    return message


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
        return f"{first}. {told[0]}" if told else first
    if type(error).__module__.startswith("pyspark.errors") and lines:
        # Spark adds its plan; of an error in a Python worker the traceback's end says most.
        return f"{name}: {(lines[-1] if name == 'PythonException' else lines[0]).rstrip(';')}"
    return f"{name}: {' '.join(lines)}" if lines else name


def _note_what_is_missing(arguments: dict[str, str]) -> None:
    for name, why in _NOT_HERE.items():
        if arguments.get(name):
            print(f"NOTE {name} {arguments[name]} is ignored in the sandbox: {why}.")


def _listing(order: dict[str, Any]) -> Listing:
    return Listing.load(Path(order["run_dir"], "listing.json").read_text())


def _bring_in_buckets(order: dict[str, Any], listing: Listing) -> Mirror:
    from sandbox import environment  # noqa: PLC0415 -- boto3 is slow; Java is coming up meanwhile

    cache = Path(order["cache_dir"])
    cache.mkdir(parents=True, exist_ok=True)
    root = Path(order["run_dir"], "s3")
    mirror = Mirror(root, cache, environment.client("s3"), listing.buckets)
    fetched = mirror.pull(listing.objects)
    mirror.prune_cache(listing)
    set_current(mirror)
    print(f"{len(listing.objects)} objects in {len(listing.buckets)} buckets, {fetched} fetched.")
    return mirror


def _extra_files(order: dict[str, Any], name: str) -> list[str]:
    value = order["arguments"].get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()]


def _python_paths(order: dict[str, Any]) -> list[str]:
    """What `--extra-py-files` adds to the path: the directory of modules, and each archive."""
    folder = Path(order["run_dir"], "python")
    archives = [
        str(folder / Path(uri).name)
        for uri in _extra_files(order, "--extra-py-files")
        if not uri.endswith(".py")
    ]
    return [str(folder), *archives]


def _place_extra_files(order: dict[str, Any], mirror: Mirror) -> None:
    run_dir = Path(order["run_dir"])
    for name, folder in (("--extra-py-files", "python"), ("--extra-files", "cwd")):
        for uri in _extra_files(order, name):
            parts = urlsplit(uri)
            if parts.netloc.startswith(_STUDIO_BUCKET):
                continue  # the runtime has its own modules of these names
            source = mirror.path(parts.netloc, parts.path.lstrip("/"))
            if source is None or not source.is_file():
                raise JobEnvironmentError(f"{name} names {uri}, which is not in S3.")
            shutil.copyfile(source, run_dir / folder / source.name)


def _end_with_parent() -> None:
    """Kill this run's whole process group when the process that started it is gone.

    The pipe on standard input ends with the parent, however the parent ends. (Linux's
    PR_SET_PDEATHSIG would follow the starting thread instead.)
    """
    pipe = os.dup(0)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)

    def watch() -> None:
        while os.read(pipe, 1):
            pass
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1])
