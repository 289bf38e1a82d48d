"""What Terraform makes of the job files, read from the plan and not from Terraform's own words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.terraform.conftest import Plan, Project

pytestmark = pytest.mark.terraform

ACCOUNT = "123456789012"
REGION = "us-east-1"
WRITING = ("s3:Put", "s3:Delete", "s3:Create", "s3:Restore", "s3:Replicate")
# AWS's own bucket, the same for every account; no prefix of ours.
QUALITY_LIBRARIES = f"arn:aws:s3:::aws-glue-ml-data-quality-assets-{REGION}/*"


def test_each_role_has_exactly_what_its_graph_shows(as_it_is: tuple[Project, Plan]) -> None:
    project, plan = as_it_is
    tables = _tables(project)
    jobs = sorted(path.stem for path in (project.root / "glue_studio_json").glob("*.json"))

    assert len(jobs) == 5
    for name in jobs:
        job = project.read_job(name)
        sources, targets = _used(job, "Source"), _used(job, "Target")
        statements = _policy(plan, name)
        own = {f"{_bucket('assets')}/{folder}/{name}" for folder in ("temp", "spark-logs")}
        assert _prefixes(statements, "s3:GetObject") == (
            {tables[table] for table in sources | targets}
            | own
            | {f"{_bucket('assets')}/scripts/{name}.py"}
        )
        assert _prefixes(statements, *WRITING) == {tables[table] for table in targets} | own
        assert _listed(statements) == {tables[table] for table in sources | targets} | own
        assert _uploading(statements) == {
            prefix.partition("/")[0] for prefix in _prefixes(statements, "s3:PutObject")
        }
        assert _catalog_tables(statements) == {f"stedi/{table}" for table in sources | targets}


def test_no_policy_is_wider_than_it_must_be(as_it_is: tuple[Project, Plan]) -> None:
    _, plan = as_it_is

    policies = plan.planned("aws_iam_role_policy")
    assert len(policies) == len(plan.planned("aws_iam_role")) == 5
    statements = [
        statement
        for values in policies.values()
        for statement in json.loads(values["policy"])["Statement"]
    ]
    assert [s for s in statements if s["Effect"] != "Allow" or "NotAction" in s] == []
    assert [a for s in statements for a in s["Action"] if "*" in a] == []
    anywhere = [s for s in statements if "*" in s["Resource"]]
    assert [(s["Action"], s["Condition"]) for s in anywhere] == [
        (
            ["cloudwatch:PutMetricData"],
            {"StringEquals": {"cloudwatch:namespace": ["Glue", "Glue Data Quality"]}},
        )
    ] * 5
    assert [
        r for s in statements for r in s["Resource"] if re.fullmatch(r"arn:aws:s3:::[^/]*\*.*", r)
    ] == []
    assert plan.planned("aws_iam_role_policy_attachment") == {}
    assert [v for v in plan.planned("aws_iam_role").values() if v.get("managed_policy_arns")] == []


def test_data_of_people_who_did_not_agree_stays_where_it_is(
    as_it_is: tuple[Project, Plan],
) -> None:
    _, plan = as_it_is

    landing = _bucket("landing")
    may_read = {
        name
        for name in ("customer_trusted", "accelerometer_trusted", "machine_learning_curated")
        if any(
            p == f"{landing}/customer_landing"
            for p in _prefixes(_policy(plan, name), "s3:GetObject")
        )
    }
    assert may_read == {"customer_trusted"}
    for name in ("customer_trusted", "customers_curated", "step_trainer_trusted"):
        written = _prefixes(_policy(plan, name), *WRITING)
        assert written
        assert [p for p in written if p.startswith(landing)] == []


def test_the_root_gives_its_modules_every_input_or_leaves_it_on_purpose(
    as_it_is: tuple[Project, Plan],
) -> None:
    root = as_it_is[1].content["configuration"]["root_module"]

    assert {
        f"{name}.{variable}"
        for name, call in root["module_calls"].items()
        for variable in set(call["module"]["variables"]) - set(call["expressions"])
        if variable not in {"account_id", "partition", "region", "tags"}  # the provider's
    } == {
        # Of a key that is made: its alias, what it says of itself, and who of AWS may use it.
        *("kms.alias_suffix", "kms.deletion_window_days", "kms.description", "kms.services"),
    }


def test_the_docs_count_what_is_made(as_it_is: tuple[Project, Plan]) -> None:
    docs = (ROOT / "docs" / "terraform.md").read_text(encoding="utf-8")
    said = re.search(r"^(\d+) resources with the five jobs", docs, re.MULTILINE)

    assert said
    made = [
        change["address"]
        for change in as_it_is[1].content["resource_changes"]
        if change["change"]["actions"] == ["create"]
    ]
    assert len(made) == int(said[1])


def test_a_new_job_is_a_new_file(project: Project) -> None:
    job = _made_of(project.read_job("step_trainer_trusted"), "steps_per_day")
    _rename_tables(job, {"step_trainer_landing": "machine_learning_curated"})
    job["CodeGenConfigurationNodes"]["node-own"] = {
        "CatalogSource": {"Name": "Before", "Database": "stedi", "Table": "steps_per_day"}
    }
    project.write_job(job)
    table = json.loads((project.root / "terraform/tables/step_trainer_trusted.json").read_text())
    (project.root / "terraform/tables/steps_per_day.json").write_text(
        json.dumps({**table, "zone": "curated"})
    )

    plan = project.plan()

    new = 'module.pipeline.module.glue_job["steps_per_day"]'
    assert f"{new}.aws_glue_job.this" in plan.planned("aws_glue_job")
    assert f"{new}.terraform_data.publish[0]" in plan.planned("terraform_data")
    assert f"{new}.aws_iam_role.this" in plan.planned("aws_iam_role")
    assert _prefixes(_policy(plan, "steps_per_day"), "s3:PutObject") == {
        f"{_bucket('curated')}/steps_per_day",
        f"{_bucket('assets')}/temp/steps_per_day",
        f"{_bucket('assets')}/spark-logs/steps_per_day",
    }
    trigger = plan.planned("aws_glue_trigger")[
        'module.pipeline.module.workflow.aws_glue_trigger.after["steps_per_day"]'
    ]
    assert [action["job_name"] for action in trigger["actions"]] == ["steps_per_day"]
    assert {c["job_name"] for c in trigger["predicate"][0]["conditions"]} == {
        "customers_curated",
        "machine_learning_curated",
    }
    assert trigger["predicate"][0]["logical"] == "AND"
    outputs = plan.content["planned_values"]["outputs"]
    assert "steps_per_day" in outputs["jobs"]["value"]
    assert outputs["tables"]["value"]["steps_per_day"]["location"].endswith("/steps_per_day/")


def test_a_job_that_reads_and_writes_paths_and_partitions(project: Project) -> None:
    job = _made_of(project.read_job("step_trainer_trusted"), "steps_by_path")
    nodes = job["CodeGenConfigurationNodes"]
    for node_id, node in nodes.items():
        if node.get("CatalogSource", {}).get("Table") == "step_trainer_landing":
            nodes[node_id] = {
                "S3JsonSource": {"Name": "Drop box", "Paths": ["s3://partner-bucket/drop/box/"]}
            }
        if "EvaluateDataQualityMultiFrame" in node:
            options = node["EvaluateDataQualityMultiFrame"]["PublishingOptions"]
            options["ResultsS3Prefix"] = "s3://quality-bucket/results/"
        if "CatalogTarget" in node:
            node["CatalogTarget"]["PartitionKeys"] = [["serialnumber"]]
            node["CatalogTarget"]["Table"] = "step_trainer_trusted"
    job["DefaultArguments"]["--extra-py-files"] = "s3://libraries/a.py, s3://libraries/b/c.zip"
    project.write_job(job)
    # It takes the place of the job that wrote the table.
    (project.root / "glue_studio_json" / "step_trainer_trusted.json").unlink()

    statements = _policy(project.plan(), "steps_by_path")

    assert "partner-bucket/drop/box" in _prefixes(statements, "s3:GetObject")
    assert "partner-bucket/drop/box" not in _prefixes(statements, *WRITING)
    assert "quality-bucket/results" in _prefixes(statements, "s3:PutObject")
    assert {"libraries/a.py", "libraries/b/c.zip"} <= _prefixes(statements, "s3:GetObject")
    updates = [s for s in statements if "glue:BatchCreatePartition" in s["Action"]]
    assert [r for s in updates for r in s["Resource"] if ":table/" in r] == [
        f"arn:aws:glue:{REGION}:{ACCOUNT}:table/stedi/step_trainer_trusted"
    ]


def test_a_company_s_settings_reach_every_job(project: Project) -> None:
    settings: dict[str, Any] = {
        "connections": {"warehouse": {"secret_arns": [f"arn:aws:secretsmanager:{REGION}:1:secret:x"]}},
        "connections_of_every_job": ["warehouse"],
        "extra_policy_arns": {"customer_trusted": ["arn:aws:iam::123456789012:policy/tokens"]},
        "s3_account_ids": ["444455556666"],
    }  # fmt: skip
    (project.root / "terraform" / "company.auto.tfvars.json").write_text(json.dumps(settings))

    plan = project.plan()

    jobs = plan.planned("aws_glue_job").values()
    assert [job["connections"] for job in jobs] == [["warehouse"]] * 5
    attached = plan.planned("aws_iam_role_policy_attachment").values()
    assert [role["policy_arn"] for role in attached] == settings["extra_policy_arns"][
        "customer_trusted"
    ]
    statements = _policy(plan, "customer_trusted")
    accounts = [s["Condition"]["StringEquals"]["aws:ResourceAccount"] for s in statements
                if any(action.startswith("s3:") for action in s["Action"]) and "Condition" in s]  # fmt: skip
    assert accounts
    assert all(found == [ACCOUNT, "444455556666"] for found in accounts)
    assert "secretsmanager:GetSecretValue" in {a for s in statements for a in s["Action"]}


def test_a_pipeline_that_cannot_work_is_refused_in_words(project: Project) -> None:
    base = project.read_job("step_trainer_trusted")
    undefined = _made_of(base, "steps_elsewhere")
    undefined["CodeGenConfigurationNodes"]["node-1"] = {
        "CatalogKafkaSource": {"Name": "Stream", "Database": "stedi", "Table": "stream"}
    }
    undefined["CodeGenConfigurationNodes"]["node-2"] = {
        "S3DirectTarget": {
            "Name": "Straight",
            "Inputs": ["node-1"],
            "Path": "s3://lake/straight/",
            "Format": "json",
            "SchemaChangePolicy": {"EnableUpdateCatalog": True, "Table": "straight"},
        }
    }
    undefined["Connections"] = {"Connections": ["vpc"]}
    project.write_job(undefined)
    other = _made_of(base, "steps_of_two_databases")
    _rename_tables(other, {"steps_of_two_databases": "step_trainer_trusted"})
    next(
        node["CatalogSource"]
        for node in other["CodeGenConfigurationNodes"].values()
        if "CatalogSource" in node
    )["Database"] = "elsewhere"
    project.write_job(other, "called_otherwise")
    spaced = _made_of(base, "steps of spaces")
    _rename_tables(spaced, {"steps of spaces": "step_trainer_trusted"})
    project.write_job(spaced)
    (project.root / "glue_scripts" / "customer_trusted.py").unlink()
    (project.root / "glue_studio_json" / "cut_off.json").write_text('{"Name": "cut_off", ')
    (project.root / "glue_studio_json" / "console.json").write_text('{"jobConfig": {}, "dag": {}}')

    done = project.terraform("plan", "-input=false", "-no-color", check=False)

    message = " ".join(done.stderr.replace("│", " ").split())
    assert done.returncode == 1
    assert "tables that terraform/tables/ does not define: steps_elsewhere." in message
    assert "in the shape of the CreateJob API: console.json, cut_off.json." in message
    assert "steps_elsewhere: node node-1 (CatalogKafkaSource)" in message
    assert "must name the table, not a path: steps_elsewhere: node node-2" in message
    assert "connections, which these jobs use: steps_elsewhere." in message
    assert "called_otherwise.json (Name steps_of_two_databases)" in message
    assert (
        "name several: elsewhere, stedi" in message or "name several: stedi, elsewhere" in message
    )
    assert "Rename: steps of spaces." in message
    assert "Job customer_trusted has no script" in message
    assert "python -m glue_studio generate --write" in message


def test_what_would_fail_later_is_refused_now(project: Project) -> None:
    base = project.read_job("step_trainer_trusted")
    iceberg = _made_of(base, "steps_in_iceberg")
    target = next(
        node for node in iceberg["CodeGenConfigurationNodes"].values() if "CatalogTarget" in node
    )
    target["S3IcebergCatalogTarget"] = {**target.pop("CatalogTarget"), "AdditionalOptions": {}}
    project.write_job(iceberg)
    again = _made_of(base, "steps_again")
    _rename_tables(again, {"steps_again": "step_trainer_trusted"})
    again["DefaultArguments"]["--continuous-log-logGroup"] = "/somewhere/else"
    project.write_job(again)
    streaming = _made_of(base, "steps_for_ever")
    streaming["Command"]["Name"] = "gluestreaming"
    project.write_job(streaming)
    older = _made_of(base, "steps_of_glue_4")
    older["GlueVersion"] = "4.0"
    project.write_job(older)
    tables = project.root / "terraform" / "tables"
    (tables / "cut_off.json").write_text('{"zone": "trusted", ')
    table = json.loads((tables / "step_trainer_trusted.json").read_text())
    (tables / "steps_of_glue_4.json").write_text(json.dumps({**table, "zone": "gold"}))
    del table["description"]
    (tables / "steps_in_iceberg.json").write_text(json.dumps(table))

    done = project.terraform("plan", "-input=false", "-no-color", check=False)

    message = " ".join(done.stderr.replace("│", " ").split())
    assert done.returncode == 1
    assert "Iceberg, Hudi or Delta tables, and a role made from the graph" in message
    assert "steps_in_iceberg: node node-1760000400070 (S3IcebergCatalogTarget)" in message
    assert (
        "Two jobs write one place, and each would replace what the other wrote: "
        "s3://stedi-trusted-123456789012-us-east-1/step_trainer_trusted/ "
        "(step_trainer_trusted, steps_again)." in message
    )
    assert "name another with --continuous-log-logGroup: steps_again." in message
    assert "A streaming job never succeeds" in message
    assert "steps_of_glue_4.json: GlueVersion must be given and be" in message
    assert "with zone, format and columns, each with name and type: cut_off.json." in message
    assert (
        "there are no buckets for: steps_of_glue_4 (gold). Zones: curated, landing, tr" in message
    )
    # The one undefined table is one error, and what only lacks a description is none.
    assert (
        message.count("Jobs use tables that terraform/tables/ does not define: steps_for_ever.")
        == 1
    )
    assert "must read and write s3://" not in message
    assert "description" not in message


def test_jobs_in_a_circle_are_refused(project: Project) -> None:
    job = project.read_job("customer_trusted")
    _rename_tables(job, {"customer_landing": "machine_learning_curated"})
    project.write_job(job)

    done = project.terraform("plan", "-input=false", "-no-color", check=False)

    message = " ".join(done.stderr.replace("│", " ").split())
    assert done.returncode == 1
    assert (
        "These jobs wait for each other, since each reads what another writes: "
        "accelerometer_trusted, customer_trusted, customers_curated, machine_learning_curated, "
        "step_trainer_trusted." in message
    )


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"AWS_REGION": REGION}, "No valid credential sources found"),
        ({"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}, "invalid AWS Region"),
    ],
    ids=["credentials", "region"],
)
def test_it_says_what_is_missing(copy: Project, given: Mapping[str, str], missing: str) -> None:
    environment = {**copy.environment, **given}
    del environment["TF_REATTACH_PROVIDERS"]  # that provider has the environment it started with
    there = replace(copy, environment=environment)

    done = there.terraform("plan", "-input=false", "-no-color", check=False)

    assert done.returncode == 1
    assert missing in done.stderr


def _tables(project: Project) -> dict[str, str]:
    return {
        path.stem: f"{_bucket(json.loads(path.read_text('utf-8'))['zone'])}/{path.stem}"
        for path in (project.root / "terraform" / "tables").glob("*.json")
    }


def _bucket(zone: str) -> str:
    return f"stedi-{zone}-{ACCOUNT}-{REGION}"


def _used(job: Mapping[str, Any], kind: str) -> set[str]:
    return {
        settings["Table"]
        for node in job["CodeGenConfigurationNodes"].values()
        for type_, settings in node.items()
        if type_ == f"Catalog{kind}"
    }


def _made_of(job: Mapping[str, Any], name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(job))
    _rename_tables(made, {made["Name"]: name})
    made["Name"] = name
    return made


def _rename_tables(job: Mapping[str, Any], names: Mapping[str, str]) -> None:
    for node in job["CodeGenConfigurationNodes"].values():
        for settings in node.values():
            if settings.get("Table") in names:
                settings["Table"] = names[settings["Table"]]


def _policy(plan: Plan, job: str) -> list[dict[str, Any]]:
    address = f'module.pipeline.module.glue_job["{job}"].aws_iam_role_policy.this'
    statements: list[dict[str, Any]] = json.loads(
        plan.planned("aws_iam_role_policy")[address]["policy"]
    )["Statement"]
    return statements


def _prefixes(statements: list[dict[str, Any]], *actions: str) -> set[str]:
    """What may be done where, as bucket/prefix; every prefix must be given whole."""
    resources = {
        resource.removeprefix("arn:aws:s3:::")
        for statement in statements
        if any(action.startswith(actions) for action in statement["Action"])
        for resource in statement["Resource"]
        if resource != QUALITY_LIBRARIES
    }
    whole = {r for r in resources if not r.endswith("/*")}
    assert {r.removesuffix("/*") for r in resources} == whole
    return whole


def _listed(statements: list[dict[str, Any]]) -> set[str]:
    return {
        f"{statement['Resource'][0].removeprefix('arn:aws:s3:::')}/{prefix.rstrip('/*')}"
        for statement in statements
        if "s3:ListBucket" in statement["Action"]
        for prefix in statement["Condition"]["StringLikeIfExists"]["s3:prefix"]
    }


def _uploading(statements: list[dict[str, Any]]) -> set[str]:
    """Buckets whose unfinished uploads may be listed."""
    return {
        resource.removeprefix("arn:aws:s3:::")
        for statement in statements
        if "s3:ListBucketMultipartUploads" in statement["Action"]
        for resource in statement["Resource"]
    }


def _catalog_tables(statements: list[dict[str, Any]]) -> set[str]:
    return {
        resource.partition(":table/")[2]
        for statement in statements
        for resource in statement["Resource"]
        if ":table/" in resource
    }
