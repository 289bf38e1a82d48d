# The five jobs of glue_studio_json/ as Terraform understands them. Nothing here repeats what Terraform was told:
# the job files hold the graphs, these are the conclusions.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

run "order_of_jobs" {
  command = plan

  assert {
    condition     = length(local.predecessors["customer_trusted"]) == 0
    error_message = "customer_trusted reads landing data only and must wait for no job."
  }
  assert {
    condition     = local.predecessors["accelerometer_trusted"] == toset(["customer_trusted"])
    error_message = "accelerometer_trusted reads what customer_trusted writes."
  }
  assert {
    condition     = local.predecessors["customers_curated"] == toset(["customer_trusted", "accelerometer_trusted"])
    error_message = "customers_curated reads what both trusted jobs write."
  }
  assert {
    condition     = local.predecessors["step_trainer_trusted"] == toset(["customers_curated"])
    error_message = "step_trainer_trusted reads what customers_curated writes."
  }
  assert {
    condition     = local.predecessors["machine_learning_curated"] == toset(["step_trainer_trusted", "accelerometer_trusted", "customers_curated"])
    error_message = "machine_learning_curated reads three jobs' tables."
  }
}

run "access_of_jobs" {
  command = plan

  assert {
    condition     = toset(local.job_access["step_trainer_trusted"].reads_s3) == toset(["s3://stedi-landing-111122223333-eu-west-1/step_trainer_landing/", "s3://stedi-curated-111122223333-eu-west-1/customers_curated/"])
    error_message = "step_trainer_trusted must read the prefixes of its two sources and no other."
  }
  assert {
    condition     = local.job_access["step_trainer_trusted"].writes_s3 == tolist(["s3://stedi-trusted-111122223333-eu-west-1/step_trainer_trusted/"])
    error_message = "step_trainer_trusted must write the prefix of its target and no other."
  }
  assert {
    condition     = alltrue([for name, access in local.job_access : access.writes_tables == tolist([name])])
    error_message = "Each job writes the one table that has its name."
  }
  assert {
    condition     = alltrue([for name, access in local.job_access : !anytrue([for uri in access.writes_s3 : strcontains(uri, "-landing-")])])
    error_message = "No job may write landing data."
  }
  assert {
    condition     = !contains(local.job_access["machine_learning_curated"].reads_tables, "customer_landing") && !anytrue([for uri in local.job_access["machine_learning_curated"].reads_s3 : strcontains(uri, "-landing-")])
    error_message = "machine_learning_curated must not reach data of customers who did not agree."
  }
  assert {
    condition     = alltrue([for access in local.job_access : access.evaluates_quality && access.uses_hive_catalog && length(access.updates_tables) == 0])
    error_message = "Every job evaluates data quality, uses Spark's catalog, and leaves the catalog as Terraform made it."
  }
}

run "outputs" {
  command = plan

  assert {
    condition = output.buckets == {
      landing        = "stedi-landing-111122223333-eu-west-1"
      trusted        = "stedi-trusted-111122223333-eu-west-1"
      curated        = "stedi-curated-111122223333-eu-west-1"
      assets         = "stedi-assets-111122223333-eu-west-1"
      athena_results = "stedi-athena-results-111122223333-eu-west-1"
    }
    error_message = "A bucket is called <name_prefix>-<zone>-<account>-<region>."
  }
  assert {
    condition     = output.tables["customers_curated"] == { zone = "curated", format = "parquet", location = "s3://stedi-curated-111122223333-eu-west-1/customers_curated/" }
    error_message = "customers_curated is Parquet in the curated bucket."
  }
  assert {
    condition     = sort(keys(output.tables)) == sort(["customer_landing", "accelerometer_landing", "step_trainer_landing", "customer_trusted", "accelerometer_trusted", "step_trainer_trusted", "customers_curated", "machine_learning_curated"])
    error_message = "There are eight tables."
  }
  assert {
    condition     = output.landing_prefixes == { customer = "s3://stedi-landing-111122223333-eu-west-1/customer_landing/", accelerometer = "s3://stedi-landing-111122223333-eu-west-1/accelerometer_landing/", step_trainer = "s3://stedi-landing-111122223333-eu-west-1/step_trainer_landing/" }
    error_message = "Landing data goes where the landing tables look for it."
  }
  assert {
    condition     = output.jobs == tolist(["accelerometer_trusted", "customer_trusted", "customers_curated", "machine_learning_curated", "step_trainer_trusted"])
    error_message = "There are five jobs."
  }
  assert {
    condition     = output.database == "stedi" && output.workgroup == "stedi" && output.workflow == "stedi"
    error_message = "Database, work group and workflow are called stedi."
  }
  assert {
    condition     = output.athena_results_location == "s3://stedi-athena-results-111122223333-eu-west-1/query-results/"
    error_message = "Query results have a prefix of their own beside the validation history."
  }
  assert {
    condition     = output.environment == "dev"
    error_message = "The default workspace is the environment dev."
  }
}

run "view" {
  command = plan

  assert {
    condition     = toset(local.views["machine_learning_curated_by_customer"].columns[*].name) == toset(local.tables["machine_learning_curated"].columns[*].name)
    error_message = "The view has the columns of its table."
  }
  assert {
    condition     = length(setintersection(local.tables["machine_learning_curated"].columns[*].name, ["customername", "email", "user", "phone", "birthday"])) == 0
    error_message = "machine_learning_curated must hold no personal data."
  }
}

run "names_follow_the_prefix" {
  command = plan

  variables {
    name_prefix = "acme-lake"
    environment = "test"
  }

  assert {
    condition     = output.buckets["landing"] == "acme-lake-landing-111122223333-eu-west-1" && output.workgroup == "acme-lake" && output.workflow == "acme-lake" && output.environment == "test"
    error_message = "name_prefix and environment must reach the names."
  }
  assert {
    condition     = output.tables["customer_landing"].location == "s3://acme-lake-landing-111122223333-eu-west-1/customer_landing/"
    error_message = "Tables must follow their bucket."
  }
}

run "encryption_with_a_key" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_glue_security_configuration.this[0].encryption_configuration[0].cloudwatch_encryption[0].cloudwatch_encryption_mode == "SSE-KMS"
    error_message = "With a key, Glue must encrypt its logs with it."
  }
  assert {
    condition     = aws_glue_security_configuration.this[0].encryption_configuration[0].s3_encryption[0].kms_key_arn == "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    error_message = "With a key, Glue must encrypt files with it."
  }
  assert {
    condition     = local.log_group_names["customer_trusted"] == ["/aws-glue/stedi/stedi-eu-west-1-role/stedi-customer_trusted-eu-west-1/error", "/aws-glue/stedi/stedi-eu-west-1-role/stedi-customer_trusted-eu-west-1/output"]
    error_message = "Under a security configuration each role has log groups of its own, and Glue fixes their names."
  }
}
