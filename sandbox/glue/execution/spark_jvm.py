"""The Java process of Spark, started directly and early.

Java comes up while Python gets ready, its class path is in the fixed order that an archive
of classes needs (see `class_archive`), and PySpark joins it through PYSPARK_GATEWAY_PORT and
PYSPARK_GATEWAY_SECRET, its own way to share one.
"""

import logging
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from common.project import PROJECT
from sandbox.glue.execution import s3_file_system
from sandbox.glue.execution.installed import Java, SparkStartError, spark_home
from sandbox.glue.execution.java_names import remembered

# Java 17 opens nothing by itself; Spark's launcher opens these (JavaModuleOptions).
_OPENED = (
    "java.base/java.lang",
    "java.base/java.lang.invoke",
    "java.base/java.lang.reflect",
    "java.base/java.io",
    "java.base/java.net",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.base/sun.nio.cs",
    "java.base/sun.security.action",
    "java.base/sun.util.calendar",
    "java.security.jgss/sun.security.krb5",
)
SMALL_DATA = 256 << 20  # bytes in S3 up to which compiling thoroughly costs more than it gains
_QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
# Thoroughly only what runs very often, such as the reading of rows: planning is most of Spark's code, and runs once.
_THOROUGH = (
    "-XX:+UseSerialGC",
    "-XX:Tier4InvocationThreshold=100000",
    "-XX:Tier4MinInvocationThreshold=20000",
    "-XX:Tier4CompileThreshold=200000",
    "-XX:Tier4BackEdgeThreshold=800000",
)
_OUT_OF_MEMORY = 3  # Java's exit code under ExitOnOutOfMemoryError
_DEFAULT_MEMORY = "2g"
_START_SECONDS = 120.0
_END_SECONDS = 180.0
_LOGGING = """rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.fields.name = org.apache.spark.sql.catalyst.util.SparkStringUtils
logger.fields.level = error
"""


class SparkJvm:
    """The Java process of one run, in the run's own process group."""

    def __init__(
        self,
        java: Java,
        run_dir: Path,
        settings: Mapping[str, str],
        *,
        conf: str = "",
        python_paths: Iterable[str] = (),
        data_bytes: int = 0,
        options: Iterable[str] = (),
    ) -> None:
        """Start it.

        Args:
            java: what to run.
            run_dir: of the run, with its temporary files in `tmp`.
            settings: of Spark; they win over those of `conf`.
            conf: Glue's job argument `--conf`.
            python_paths: what Python workers import from, before this process's PYTHONPATH.
            data_bytes: the size of all data; decides how thoroughly Java compiles.
            options: further ones for Java, such as those of `class_archive.java_options`.
        """
        self._gateway_file = run_dir / "gateway"
        self._conf_dir = conf_dir = run_dir / "conf"
        conf_dir.mkdir(exist_ok=True)
        (conf_dir / "log4j2.properties").write_text(_LOGGING)
        properties = {
            **_properties(run_dir),
            **conf_argument(conf),
            **settings,
        }
        properties_file = conf_dir / "spark.properties"
        properties_file.write_text(_as_properties(properties))
        java_options = [
            f"-Xmx{properties['spark.driver.memory']}",
            # Java does not ask TMPDIR, and one that is killed leaves its native libraries there.
            f"-Djava.io.tmpdir={run_dir / 'tmp'}",
            *base_options(java),
            *options,
        ]
        java_options += _QUICK if data_bytes <= SMALL_DATA else _THOROUGH
        self._process = subprocess.Popen(
            [
                str(java.program),
                "-cp",
                os.pathsep.join([class_path(conf_dir), str(s3_file_system.jar())]),
                *java_options,
                *properties.get("spark.driver.extraJavaOptions", "").split(),
                "org.apache.spark.deploy.SparkSubmit",
                "--properties-file",
                str(properties_file),
                "pyspark-shell",
            ],
            env={
                **os.environ,
                # Java spells paths in it, and with none, as in a container, in ASCII.
                "LC_ALL": "C.UTF-8",
                "_PYSPARK_DRIVER_CONN_INFO_PATH": str(self._gateway_file),
                "PYSPARK_PYTHON": sys.executable,
                "PYSPARK_DRIVER_PYTHON": sys.executable,
                "PYTHONPATH": os.pathsep.join(
                    [*python_paths, os.environ.get("PYTHONPATH", ""), str(PROJECT)]
                ),
                "SPARK_HOME": str(spark_home()),
                "SPARK_CONF_DIR": str(conf_dir),
            },
            stdin=subprocess.PIPE,
        )

    def connect(self) -> None:
        """Wait for Java and have PySpark join it.

        Raises:
            SparkStartError: it ended, or did not answer in two minutes.
        """
        from pyspark import SparkContext  # noqa: PLC0415 -- slow, and Java comes up meanwhile

        deadline = time.monotonic() + _START_SECONDS
        while not self._gateway_file.exists():
            if self._process.poll() is not None:
                raise SparkStartError(
                    self.reason_of_death()
                    or f"Spark's Java ended with exit code {self._process.returncode} at its start."
                )
            if time.monotonic() > deadline:
                raise SparkStartError(f"Spark's Java did not start in {_START_SECONDS:.0f} s.")
            time.sleep(0.02)
        # Written under another name and renamed, so it is whole: two numbers and the secret.
        raw = self._gateway_file.read_bytes()
        self._gateway_file.unlink()
        port, length = struct.unpack("!ii", raw[:8])
        os.environ["PYSPARK_GATEWAY_PORT"] = str(port)
        os.environ["PYSPARK_GATEWAY_SECRET"] = raw[8 : 8 + length].decode()
        os.environ["SPARK_HOME"] = str(spark_home())
        os.environ["PYSPARK_PYTHON"] = sys.executable
        # It may know a Java that is gone, and joins this one without starting a Spark in it.
        SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001
        SparkContext._ensure_initialized()  # noqa: SLF001
        gateway: Any = SparkContext._gateway  # noqa: SLF001
        client = gateway._gateway_client  # noqa: SLF001
        client.send_command = remembered(client.send_command)
        if not s3_file_system.jar().is_file():
            s3_file_system.compile_into(self._conf_dir, SparkContext._jvm)  # noqa: SLF001

    def answers(self) -> bool:
        """Whether Java is there for PySpark, which it joined.

        It is asked, since a process that was killed counts as running until its last thread ended.
        """
        from py4j.protocol import Py4JError  # noqa: PLC0415 -- PySpark's, slow
        from pyspark import SparkContext  # noqa: PLC0415

        log = logging.getLogger("py4j")
        log.disabled = True  # its words on a Java that is gone are not the job's
        try:
            jvm: Any = SparkContext._jvm  # noqa: SLF001
            jvm.System.nanoTime()
        except (Py4JError, OSError):
            return False
        finally:
            log.disabled = False
        return True

    def reason_of_death(self) -> str | None:
        """Why Java is gone; None if it is there, or ended in order."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return None
        if code < 0:
            return f"The job's Spark process was killed by {signal.Signals(-code).name}."
        if code == _OUT_OF_MEMORY:
            return (
                "Command failed with exit code 10: the job's Spark process ran out of memory "
                "(java.lang.OutOfMemoryError); give it more with "
                "--conf spark.driver.memory=4g."
            )
        return f"The job's Spark process ended with exit code {code}." if code else None

    def end_in_order(self) -> None:
        """Let Java end by itself, as it does when its standard input closes."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(_END_SECONDS)

    def kill(self) -> None:
        """End Java at once; all that Spark wrote is on disk by then."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def class_path(settings: Path) -> str:
    """Every jar by name, in a fixed order as an archive of classes needs it, then the settings."""
    jars = sorted(str(jar) for jar in (spark_home() / "jars").glob("*.jar"))
    return os.pathsep.join([*jars, str(settings)])


def base_options(java: Java) -> list[str]:
    """Java's options for every Spark here."""
    options = [
        "-Djava.net.preferIPv4Stack=true",
        "-Dlog4j2.disable.jmx=true",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
    ]
    if not java.version.startswith("1."):
        options += [f"--add-opens={name}=ALL-UNNAMED" for name in _OPENED]
        options.append("-Djdk.reflect.useDirectMethodHandle=false")
    return options


def conf_argument(text: str) -> dict[str, str]:
    """The settings in Glue's `--conf` argument: `spark.a=1 --conf spark.b=2`."""
    pairs = (part.strip().partition("=") for part in text.split("--conf") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _properties(run_dir: Path) -> dict[str, str]:
    return {
        "spark.master": "local[2]",
        "spark.app.name": "glue-job",
        "spark.driver.memory": _DEFAULT_MEMORY,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.sql.warehouse.dir": (run_dir / "tmp" / "warehouse").as_uri(),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": "4",
        "spark.default.parallelism": "2",
        "spark.sql.adaptive.enabled": "true",
        # What a job caches it reads a few times at once: packing it costs more than it saves.
        "spark.sql.inMemoryColumnarStorage.compressed": "false",
        "spark.sql.session.timeZone": "UTC",  # as on Glue's machines
        "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
        "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
        # Checking where a block lies and which codec the CPU has is for clusters.
        "spark.shuffle.checksum.enabled": "false",
        "spark.python.worker.reuse": "true",
        "spark.python.daemon.module": "sandbox.glue.execution.python_workers",
    }


def _as_properties(settings: dict[str, str]) -> str:
    """A Java properties file, ASCII with escapes."""

    def escaped(text: str) -> str:
        plain = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        units = plain.encode("utf-16-be")
        return "".join(
            chr(unit) if unit < 0x7F else f"\\u{unit:04x}"  # noqa: PLR2004 -- the end of ASCII
            for (unit,) in struct.iter_unpack("!H", units)
        )

    return "".join(
        f"{escaped(name).replace(':', chr(92) + ':')}={escaped(value)}\n"
        for name, value in settings.items()
    )
