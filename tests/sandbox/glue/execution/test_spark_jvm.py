"""How Java is told what to do, without starting it."""

import os
from pathlib import Path

from sandbox.glue.execution import spark_jvm
from sandbox.glue.execution.installed import Java, spark_home
from sandbox.glue.execution.spark_jvm import class_path


def test_conf_arguments_are_taken_apart() -> None:
    assert spark_jvm.conf_argument("spark.a=1 --conf spark.b=x=y") == {
        "spark.a": "1",
        "spark.b": "x=y",
    }
    assert spark_jvm.conf_argument("") == {}


def test_settings_survive_a_properties_file() -> None:
    text = spark_jvm._as_properties({"fs.viewfs.b": "file:///tmp/ü \\ x", "a:b": "line\nbreak"})
    assert text == ("fs.viewfs.b=file:///tmp/\\u00fc \\\\ x\na\\:b=line\\nbreak\n")


def test_everything_listens_on_this_machine_only(tmp_path: Path) -> None:
    settings = spark_jvm._properties(tmp_path)
    assert settings["spark.driver.host"] == settings["spark.driver.bindAddress"] == "127.0.0.1"
    assert settings["spark.ui.enabled"] == "false"


def test_old_java_opens_no_modules() -> None:
    assert not [
        option
        for option in spark_jvm.base_options(Java(Path("java"), "1.8.0_392"))
        if option.startswith("--add-opens")
    ]
    assert [
        option
        for option in spark_jvm.base_options(Java(Path("java"), "17.0.1"))
        if option.startswith("--add-opens")
    ]


def test_the_class_path_is_in_a_fixed_order(tmp_path: Path) -> None:
    parts = class_path(tmp_path).split(os.pathsep)
    assert parts[:-1] == sorted(parts[:-1])
    assert parts[-1] == str(tmp_path)
    assert (spark_home() / "jars").is_dir()
