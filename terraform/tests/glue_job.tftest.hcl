mock_provider "aws" {}

variables {
  job = {
    name              = "clean"
    description       = "For the test."
    glue_version      = "5.1"
    default_arguments = { "--job-language" = "python", "--TempDir" = "s3://somebody-elses/temp/" }
  }
  job_sha256  = "0000"
  script_file = "tests/fixtures/script.py"
  access = {
    database          = "lake"
    reads_tables      = ["raw"]
    writes_tables     = ["clean"]
    updates_tables    = []
    reads_s3          = ["s3://lake-landing/raw/", "s3://lake-landing/deep/er/"]
    writes_s3         = ["s3://lake-trusted/clean/"]
    evaluates_quality = false
    uses_hive_catalog = false
  }
  account_id             = "111122223333"
  assets_bucket          = "lake-assets"
  kms_key_arn            = null
  log_group_names        = ["/aws-glue/lake/error"]
  log_group_prefix       = "/aws-glue/lake"
  partition              = "aws"
  project_root           = "."
  python                 = "python3"
  region                 = "eu-west-1"
  role_name              = "lake-clean"
  security_configuration = null
  spark_logs_enabled     = true
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
    condition     = flatten([for statement in local.statements : statement.Action if statement.Sid == "WriteLogs"]) == ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] && flatten([for statement in local.statements : statement.Resource if statement.Sid == "WriteLogs"]) == ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/lake/error", "arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/lake/error:log-stream:*"]
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
      database          = "lake"
      reads_tables      = ["raw"]
      writes_tables     = ["clean"]
      updates_tables    = ["clean"]
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
    condition     = aws_s3_object.script.source_hash == filesha256("tests/fixtures/script.py") && terraform_data.publish.triggers_replace.script == filesha256("tests/fixtures/script.py") && terraform_data.publish.triggers_replace.job == "0000"
    error_message = "A change of script or job file must publish the job again."
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
    access = { database = "lake", reads_tables = [], writes_tables = [], updates_tables = [], reads_s3 = ["s3://lake-landing/"], writes_s3 = [], evaluates_quality = false, uses_hive_catalog = false }
  }
  expect_failures = [var.access]
}

run "refuses_a_folder_of_libraries" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    access = { database = "lake", reads_tables = [], writes_tables = [], updates_tables = [], reads_s3 = [], reads_files = ["s3://lake-libraries/transforms/"], writes_s3 = [], evaluates_quality = false, uses_hive_catalog = false }
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

run "refuses_a_timeout_of_days" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job = { name = "clean", glue_version = "5.1", timeout = 2880 }
  }
  expect_failures = [var.job]
}

run "refuses_one_worker" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job = { name = "clean", glue_version = "5.1", number_of_workers = 1 }
  }
  expect_failures = [var.job]
}

run "refuses_a_python_shell_job" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job = { name = "clean", glue_version = "5.1", command_name = "pythonshell" }
  }
  expect_failures = [var.job]
}

run "refuses_a_glue_version_that_is_none" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job = { name = "clean", glue_version = "latest" }
  }
  expect_failures = [var.job]
}
