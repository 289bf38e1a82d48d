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

variables {
  name_prefix   = "stedi"
  project_dir   = ".."
  zones         = { for zone in ["landing", "trusted", "curated"] : zone => "stedi-${zone}-111122223333-eu-west-1" }
  assets_bucket = "stedi-assets-111122223333-eu-west-1"
  publish       = { enabled = false }
}

run "order_of_jobs" {
  command = plan
  module {
    source = "./modules/pipeline"
  }

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
  module {
    source = "./modules/pipeline"
  }

  assert {
    condition     = toset(local.access["step_trainer_trusted"].reads_s3) == toset(["s3://stedi-landing-111122223333-eu-west-1/step_trainer_landing/", "s3://stedi-curated-111122223333-eu-west-1/customers_curated/"])
    error_message = "step_trainer_trusted must read the prefixes of its two sources and no other."
  }
  assert {
    condition     = local.access["step_trainer_trusted"].writes_s3 == tolist(["s3://stedi-trusted-111122223333-eu-west-1/step_trainer_trusted/"])
    error_message = "step_trainer_trusted must write the prefix of its target and no other."
  }
  assert {
    condition     = alltrue([for name, access in local.access : access.writes_tables == tolist(["stedi.${name}"])])
    error_message = "Each job writes the one table that has its name."
  }
  assert {
    condition     = alltrue([for name, access in local.access : !anytrue([for uri in access.writes_s3 : strcontains(uri, "-landing-")])])
    error_message = "No job may write landing data."
  }
  assert {
    condition     = !contains(local.access["machine_learning_curated"].reads_tables, "stedi.customer_landing") && !anytrue([for uri in local.access["machine_learning_curated"].reads_s3 : strcontains(uri, "-landing-")])
    error_message = "machine_learning_curated must not reach data of customers who did not agree."
  }
  assert {
    condition     = alltrue([for access in local.access : access.evaluates_quality && access.uses_hive_catalog && length(access.updates_tables) == 0])
    error_message = "Every job evaluates data quality, uses Spark's catalog, and leaves the catalog as Terraform made it."
  }
}

run "view" {
  command = plan
  module {
    source = "./modules/pipeline"
  }

  assert {
    condition     = toset(local.views["machine_learning_curated_by_customer"].columns[*].name) == toset(local.tables["stedi.machine_learning_curated"].columns[*].name)
    error_message = "The view has the columns of its table."
  }
  assert {
    condition     = length(setintersection(local.tables["stedi.machine_learning_curated"].columns[*].name, ["customername", "email", "user", "phone", "birthday"])) == 0
    error_message = "machine_learning_curated must hold no personal data."
  }
}

run "encryption_with_a_key" {
  command = plan
  module {
    source = "./modules/pipeline"
  }

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
    condition     = output.jobs["customer_trusted"].log_group_names == { for stream in ["error", "output"] : stream => "/aws-glue/stedi/customer_trusted/stedi-eu-west-1-role/stedi-customer_trusted-eu-west-1/${stream}" }
    error_message = "Under a security configuration each role has log groups of its own, and Glue fixes their names."
  }
}
