mock_provider "aws" {}

variables {
  job_file    = "tests/fixtures/jobs/clean.json"
  script_file = "tests/fixtures/script.py"
  access = {
    reads_tables  = ["lake.raw"]
    writes_tables = ["lake.clean"]
    reads_s3      = ["s3://lake-landing/raw/", "s3://lake-landing/deep/er/"]
    writes_s3     = ["s3://lake-trusted/clean/"]
  }
  name_prefix   = "lake"
  account_id    = "111122223333"
  assets_bucket = "lake-assets"
  partition     = "aws"
  region        = "eu-west-1"
  publish       = { project_dir = "." }
}

run "role_may_do_what_the_graph_shows" {
  command = plan
  module {
    source = "./modules/glue_job"
  }

  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if statement.Sid == "ReadSources"]) == ["arn:aws:s3:::lake-landing/raw", "arn:aws:s3:::lake-landing/raw/*", "arn:aws:s3:::lake-landing/deep/er", "arn:aws:s3:::lake-landing/deep/er/*"]
    error_message = "Sources must be readable, and nothing beside them."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "s3:PutObject")]) == ["arn:aws:s3:::lake-assets/temp/clean", "arn:aws:s3:::lake-assets/temp/clean/*", "arn:aws:s3:::lake-assets/spark-logs/clean", "arn:aws:s3:::lake-assets/spark-logs/clean/*", "arn:aws:s3:::lake-trusted/clean", "arn:aws:s3:::lake-trusted/clean/*"]
    error_message = "Only the target, temporary files and Spark logs may be written."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "s3:DeleteObject")]) == flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "s3:PutObject")])
    error_message = "What a job writes it may replace, and nothing else."
  }
  assert {
    condition     = toset({ for statement in local.statements : statement.Resource[0] => statement.Condition.StringLikeIfExists["s3:prefix"] if contains(statement.Action, "s3:ListBucket") }["arn:aws:s3:::lake-landing"]) == toset(["raw", "raw/", "raw/*", "deep/er", "deep/er/", "deep/er/*"])
    error_message = "Only the prefixes of the sources may be listed."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "s3:ListBucketMultipartUploads")]) == ["arn:aws:s3:::lake-assets", "arn:aws:s3:::lake-trusted"]
    error_message = "Unfinished uploads may be listed in the buckets that are written, and in no other."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Action if statement.Sid == "WriteLogs"]) == ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] && flatten([for statement in local.statements : statement.Resource if statement.Sid == "WriteLogs"]) == flatten([for stream in ["error", "output"] : ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/lake/clean/${stream}", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/lake/clean/${stream}:log-stream:*"]])
    error_message = "The job may make and write its own log groups, and no other."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "glue:GetTable")]) == ["arn:aws:glue:eu-west-1:111122223333:catalog", "arn:aws:glue:eu-west-1:111122223333:database/lake", "arn:aws:glue:eu-west-1:111122223333:table/lake/raw", "arn:aws:glue:eu-west-1:111122223333:table/lake/clean"]
    error_message = "Only the tables of the graph may be looked up."
  }
  assert {
    condition     = length(setsubtract([for statement in local.statements : statement.Sid], ["ReadScript", "UseTemporaryFilesAndSparkLogs", "ListPrefixes0", "ListPrefixes1", "ListPrefixes2", "FindUnfinishedUploads", "ReadSources", "ReplaceTargets", "ReadTables", "WriteLogs", "PutMetrics"])) == 0
    error_message = "A job that evaluates no quality, uses no Hive catalog and no key gets no permission for them."
  }
  assert {
    condition     = [for statement in local.statements : statement.Sid if contains(flatten([statement.Resource]), "*")] == ["PutMetrics"] && [for statement in local.statements : statement.Condition.StringEquals["cloudwatch:namespace"] if statement.Sid == "PutMetrics"] == [["Glue"]]
    error_message = "Only metrics may be put anywhere, since CloudWatch knows no resources, and only in Glue's namespace."
  }
  assert {
    condition     = length([for action in flatten(local.statements[*].Action) : action if strcontains(action, "*")]) == 0
    error_message = "No action may be a wildcard."
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == { StringEqualsIfExists = { "aws:SourceAccount" = "111122223333" } }
    error_message = "Glue may use the role for no other account that it names, and must get it when it names none."
  }
}

run "role_may_do_more_when_the_graph_needs_it" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = {
      reads_tables      = ["lake.raw"]
      writes_tables     = ["lake.clean"]
      updates_tables    = ["lake.clean"]
      reads_s3          = ["s3://lake-landing/raw/"]
      reads_files       = ["s3://lake-libraries/transforms/keep.py"]
      writes_s3         = ["s3://lake-trusted/clean/"]
      evaluates_quality = true
      uses_hive_catalog = true
    }
    kms_key_arn            = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    security_configuration = "lake"
  }

  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "glue:BatchCreatePartition")]) == ["arn:aws:glue:eu-west-1:111122223333:catalog", "arn:aws:glue:eu-west-1:111122223333:database/lake", "arn:aws:glue:eu-west-1:111122223333:table/lake/clean"]
    error_message = "Partitions may be added to the target only."
  }
  assert {
    condition     = [for statement in local.statements : [statement.Action, statement.Resource] if statement.Sid == "ReadLibraries"] == [[["s3:GetObject"], ["arn:aws:s3:::lake-libraries/transforms/keep.py"]]]
    error_message = "A library must be readable, and nothing beside it."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "glue:PublishDataQuality")]) == ["arn:aws:glue:eu-west-1:111122223333:dataQualityRuleset/*"]
    error_message = "Quality results must be publishable."
  }
  assert {
    condition     = [for statement in local.statements : [statement.Action, statement.Resource] if statement.Sid == "ReadDataQualityLibraries"] == [[["s3:GetObject"], ["arn:aws:s3:::aws-glue-ml-data-quality-assets-eu-west-1/*"]]]
    error_message = "AWS's own data quality libraries must be readable."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if contains(statement.Action, "glue:CreateDatabase")]) == ["arn:aws:glue:eu-west-1:111122223333:catalog", "arn:aws:glue:eu-west-1:111122223333:database/default"]
    error_message = "Spark may make its default database and no other."
  }
  assert {
    condition     = [for statement in local.statements : [statement.Action, statement.Resource] if statement.Sid == "UseKey"] == [[["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [var.kms_key_arn]]]
    error_message = "The key must be usable, and no other."
  }
}

run "job" {
  command = plan
  module {
    source = "./modules/glue_job"
  }

  assert {
    condition     = aws_glue_job.this.tags["glue-studio"] == "managed"
    error_message = "Without the tag the publisher refuses the job."
  }
  assert {
    condition     = aws_glue_job.this.default_arguments["--TempDir"] == "s3://lake-assets/temp/clean/" && aws_glue_job.this.default_arguments["--job-language"] == "python"
    error_message = "The job file's arguments must reach the job, but for what belongs to the deployment."
  }
  assert {
    condition     = aws_glue_job.this.command[0].script_location == "s3://lake-assets/scripts/clean.py" && aws_s3_object.script.key == "scripts/clean.py"
    error_message = "The job must run the script that is uploaded."
  }
  assert {
    condition     = aws_s3_object.script.source_hash == filesha256("tests/fixtures/script.py") && terraform_data.publish[0].triggers_replace.script == filesha256("tests/fixtures/script.py") && terraform_data.publish[0].triggers_replace.job == sha256(jsonencode(jsondecode(file("tests/fixtures/jobs/clean.json"))))
    error_message = "A change of script or job file must publish the job again."
  }
}

run "settings_are_the_files" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/whole.json"
  }

  assert {
    condition     = aws_glue_job.this.timeout == 45 && aws_glue_job.this.execution_class == "FLEX" && aws_glue_job.this.worker_type == "G.2X" && aws_glue_job.this.number_of_workers == 3 && aws_glue_job.this.max_retries == 1 && aws_glue_job.this.job_run_queuing_enabled && aws_glue_job.this.maintenance_window == "Sun:10"
    error_message = "What the job file says is what the job gets: there is no second truth."
  }
  assert {
    condition     = aws_glue_job.this.execution_property[0].max_concurrent_runs == 2 && aws_glue_job.this.notification_property[0].notify_delay_after == 20
    error_message = "Nested settings are the file's as well."
  }
}

run "many_sources_get_managed_policies" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = {
      reads_tables  = [for n in range(60) : "lake.table_with_a_long_name_${n}"]
      writes_tables = ["lake.clean"]
      reads_s3      = [for n in range(60) : "s3://lake-landing-111122223333-eu-west-1/table_with_a_long_name_${n}/"]
      writes_s3     = ["s3://lake-trusted/clean/"]
    }
  }

  assert {
    condition     = length(aws_iam_role_policy.this.policy) <= 10240 && length(aws_iam_policy.graph) > 1 && length(aws_iam_policy.graph) <= 10 && alltrue([for policy in aws_iam_policy.graph : length(policy.policy) <= 6144])
    error_message = "Each policy must be within IAM's limits: 10,240 characters inline, 6,144 managed, 10 managed ones a role."
  }
  assert {
    condition     = toset(flatten([for policy in aws_iam_policy.graph : [for statement in jsondecode(policy.policy).Statement : [for resource in statement.Resource : "${join(",", statement.Action)} ${resource}"]]])) == toset(flatten([for statement in local.measured_statements : [for resource in statement.Resource : "${join(",", statement.Action)} ${resource}"]]))
    error_message = "Cut up or whole, the role may do the same."
  }
  assert {
    condition     = length(flatten([for policy in aws_iam_policy.graph : [for statement in jsondecode(policy.policy).Statement : statement.Condition.StringLikeIfExists["s3:prefix"] if contains(statement.Action, "s3:ListBucket")]])) == 3 * (60 + 1 + 2)
    error_message = "Every prefix must still be listed, in its three forms."
  }
  assert {
    condition     = length(aws_iam_role_policy_attachment.graph) == length(aws_iam_policy.graph)
    error_message = "Each policy must be attached."
  }
}

run "refuses_more_than_ten_policies" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = {
      reads_s3 = [for n in range(400) : "s3://lake-landing-111122223333-eu-west-1/table_with_a_long_name_${n}/"]
    }
  }
  expect_failures = [aws_iam_role.this]
}

run "connections" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = {
      reads_s3 = ["s3://lake-landing/raw/"]
      connections = {
        network = {}
        orders  = { secret_arns = ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf"] }
      }
    }
  }

  assert {
    condition     = toset(aws_glue_job.this.connections) == toset(["network", "orders"])
    error_message = "The job must use its connections."
  }
  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if statement.Sid == "UseConnections"]) == ["arn:aws:glue:eu-west-1:111122223333:catalog", "arn:aws:glue:eu-west-1:111122223333:connection/network", "arn:aws:glue:eu-west-1:111122223333:connection/orders"] && flatten([for statement in local.statements : statement.Resource if statement.Sid == "ReadPasswords"]) == ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf"]
    error_message = "The role may use its connections and read their secrets, and no other."
  }
  assert {
    condition     = length([for statement in local.statements : statement if contains(statement.Action, "ec2:CreateNetworkInterface")]) == 1
    error_message = "A connection into a VPC needs a network interface."
  }
}

run "company_inputs" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    extra_policy_arns        = ["arn:aws:iam::111122223333:policy/warehouse"]
    iam_path                 = "/data/"
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    s3_account_ids           = ["444455556666"]
    security_configuration   = "lake"
    kms_key_arn              = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    tags                     = { Team = "data" }
  }

  assert {
    condition     = aws_iam_role.this.path == "/data/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary" && aws_iam_role.this.tags == tomap({ Team = "data" })
    error_message = "Path, boundary and tags must reach the role."
  }
  assert {
    condition     = aws_iam_role_policy_attachment.extra[0].policy_arn == "arn:aws:iam::111122223333:policy/warehouse"
    error_message = "A policy of the user's must be attached."
  }
  assert {
    condition     = alltrue([for statement in local.statements : statement.Condition.StringEquals["aws:ResourceAccount"] == ["111122223333", "444455556666"] if anytrue([for action in statement.Action : startswith(action, "s3:")]) && statement.Sid != "ReadDataQualityLibraries"])
    error_message = "S3 may be used in the deployment's account and the one that was named, and in no other."
  }
  assert {
    condition     = aws_cloudwatch_log_group.this["error"].name == "/aws-glue/lake/clean/lake-role/data/lake-clean-eu-west-1/error"
    error_message = "Under a security configuration, Glue fixes the names of the log groups by role and path."
  }
}

run "lake_formation" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    lake_formation_enabled = true
  }

  assert {
    condition     = toset(aws_lakeformation_permissions.table["lake.raw"].permissions) == toset(["DESCRIBE", "SELECT"]) && toset(aws_lakeformation_permissions.table["lake.clean"].permissions) == toset(["DESCRIBE", "SELECT", "INSERT", "DELETE"]) && keys(aws_lakeformation_permissions.database) == ["lake"]
    error_message = "Lake Formation must grant what the graph shows: reading both tables, replacing one."
  }
  assert {
    condition     = length([for statement in local.statements : statement if statement.Action == ["lakeformation:GetDataAccess"]]) == 1
    error_message = "Without GetDataAccess, Lake Formation hands out nothing."
  }
}

run "publishing_is_left_to_others" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    publish = { project_dir = ".", enabled = false, role_arn = "arn:aws:iam::111122223333:role/deploy" }
  }

  assert {
    condition     = length(terraform_data.publish) == 0 && output.publish_command == "python -m glue_studio publish --any-script --account 111122223333 --region eu-west-1 --assume-role arn:aws:iam::111122223333:role/deploy clean"
    error_message = "Where publishing is left to a pipeline step, the command is told and nothing is run."
  }
}

run "refuses_a_python_that_is_not_there" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    publish = { project_dir = ".", python = "tests/fixtures/nowhere/bin/python" }
  }
  expect_failures = [terraform_data.publish]
}

run "refuses_a_python_that_only_PATH_knows" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    publish = { project_dir = ".", python = "python3" }
  }
  expect_failures = [terraform_data.publish]
}

run "refuses_a_python_without_the_package" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    publish = { project_dir = ".", python = "tests/fixtures/venv/bin/python" }
  }
  expect_failures = [terraform_data.publish]
}

run "logs_expire" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    log_retention_days = 30
  }

  assert {
    condition     = { for stream, group in aws_cloudwatch_log_group.this : group.name => group.retention_in_days } == { "/aws-glue/lake/clean/error" = 30, "/aws-glue/lake/clean/output" = 30 }
    error_message = "Every log group must exist before Glue makes it, and expire."
  }
}

run "no_spark_logs" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    spark_logs_enabled = false
  }

  assert {
    condition     = !contains(keys(aws_glue_job.this.default_arguments), "--spark-event-logs-path") && !strcontains(aws_iam_role_policy.this.policy, "spark-logs")
    error_message = "Without Spark logs there must be neither argument nor permission."
  }
}

run "refuses_a_whole_bucket" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = { reads_s3 = ["s3://lake-landing/"] }
  }
  expect_failures = [var.access]
}

run "refuses_a_folder_of_libraries" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = { reads_files = ["s3://lake-libraries/transforms/"] }
  }
  expect_failures = [var.access]
}

run "refuses_a_missing_script" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    script_file = "tests/fixtures/nowhere.py"
  }
  expect_failures = [aws_s3_object.script]
}

run "refuses_cut_off" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/cut_off.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_fixed_temporary_folder" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/fixed_temporary_folder.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_glue_4" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/glue_4.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_no_number_of_a_version" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/no_number_of_a_version.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_one_worker" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/one_worker.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_python_shell" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/python_shell.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_streaming" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/streaming.json"
  }
  expect_failures = [var.job_file]
}

run "refuses_timeout_of_days" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file = "tests/fixtures/jobs/timeout_of_days.json"
  }
  expect_failures = [var.job_file]
}
