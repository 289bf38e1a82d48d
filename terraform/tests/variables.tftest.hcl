# Each validation refuses what it is there for.

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

# A validation is looked at before anything of what follows from the value, which would only take time.
override_module {
  target  = module.storage
  outputs = { names = { landing = "l", trusted = "t", curated = "c", assets = "a", athena_results = "r" } }
}

override_module {
  target = module.pipeline
  outputs = {
    account_id      = "111122223333"
    database        = "stedi"
    databases       = {}
    jobs            = {}
    publish_command = ""
    region          = "eu-west-1"
    tables          = {}
    views           = []
    workflow        = "stedi"
  }
}

override_module {
  target  = module.athena
  outputs = { results_location = "", workgroup = "stedi" }
}

override_module {
  target  = module.monitoring
  outputs = { topic_arn = "" }
}

run "region_is_a_code" {
  command = plan
  variables {
    region = "Ireland"
  }
  expect_failures = [var.region]
}

run "region_may_be_of_the_european_sovereign_cloud" {
  command = plan
  variables {
    region = "eusc-de-east-1"
  }
}

run "allowed_accounts_are_numbers" {
  command = plan
  variables {
    allowed_account_ids = ["production"]
  }
  expect_failures = [var.allowed_account_ids]
}

run "environment_is_lower_case" {
  command = plan
  variables {
    environment = "Prod"
  }
  expect_failures = [var.environment]
}

run "name_prefix_fits_into_bucket_names" {
  command = plan
  variables {
    name_prefix = "stedi-human-balance-analytics"
  }
  expect_failures = [var.name_prefix]
}

run "name_prefix_has_no_underscore" {
  command = plan
  variables {
    name_prefix = "stedi_lake"
  }
  expect_failures = [var.name_prefix]
}

run "tags_keep_the_publishers_own" {
  command = plan
  variables {
    tags = { glue-studio = "mine" }
  }
  expect_failures = [var.tags]
}

run "tags_are_not_awss" {
  command = plan
  variables {
    tags = { "AWS:owner" = "me" }
  }
  expect_failures = [var.tags]
}

run "production_is_not_destroyed_by_force" {
  command = plan
  variables {
    environment   = "prod"
    force_destroy = true
  }
  expect_failures = [var.force_destroy]
}

run "kms_key_is_no_alias" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/lake"
  }
  expect_failures = [var.kms_key_arn]
}

run "noncurrent_version_days_at_least_one" {
  command = plan
  variables {
    noncurrent_version_days = 0
  }
  expect_failures = [var.noncurrent_version_days]
}

run "query_result_days_are_whole" {
  command = plan
  variables {
    query_result_days = 1.5
  }
  expect_failures = [var.query_result_days]
}

run "log_retention_is_one_that_cloudwatch_has" {
  command = plan
  variables {
    log_retention_days = 42
  }
  expect_failures = [var.log_retention_days]
}

run "bytes_scanned_cutoff_at_least_athenas" {
  command = plan
  variables {
    bytes_scanned_cutoff = 1048576
  }
  expect_failures = [var.bytes_scanned_cutoff]
}

run "notification_emails_are_addresses" {
  command = plan
  variables {
    notification_emails = ["data-team"]
  }
  expect_failures = [var.notification_emails]
}

run "python_is_not_blank" {
  command = plan
  variables {
    python = " "
  }
  expect_failures = [var.python]
}

run "refuses_a_wrong_project" {
  command = plan
  variables {
    project = "stedi/lake"
  }
  expect_failures = [var.project]
}

run "refuses_a_wrong_iam_path" {
  command = plan
  variables {
    iam_path = "data"
  }
  expect_failures = [var.iam_path]
}

run "refuses_a_wrong_permissions_boundary_arn" {
  command = plan
  variables {
    permissions_boundary_arn = "boundary"
  }
  expect_failures = [var.permissions_boundary_arn]
}

run "refuses_a_wrong_existing_buckets" {
  command = plan
  variables {
    existing_buckets = { gold = "acme-gold" }
  }
  expect_failures = [var.existing_buckets]
}

run "refuses_a_wrong_existing_topic_arn" {
  command = plan
  variables {
    existing_topic_arn = "notifications"
  }
  expect_failures = [var.existing_topic_arn]
}

run "refuses_a_wrong_schedule" {
  command = plan
  variables {
    schedule = "0 5 * * *"
  }
  expect_failures = [var.schedule]
}

run "refuses_a_wrong_hours_without_run" {
  command = plan
  variables {
    hours_without_run = 48
  }
  expect_failures = [var.hours_without_run]
}

run "refuses_a_wrong_monthly_budget_usd" {
  command = plan
  variables {
    monthly_budget_usd = 50
  }
  expect_failures = [var.monthly_budget_usd]
}

run "refuses_a_wrong_validation_principal_arns" {
  command = plan
  variables {
    validation_principal_arns = ["*"]
  }
  expect_failures = [var.validation_principal_arns]
}

run "refuses_a_wrong_catalog_encryption_enabled" {
  command = plan
  variables {
    catalog_encryption_enabled = true
  }
  expect_failures = [var.catalog_encryption_enabled]
}

run "refuses_two_keys" {
  command = plan
  variables {
    kms_key_arn     = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    kms_key_enabled = true
  }
  expect_failures = [var.kms_key_enabled]
}

run "refuses_a_wrong_existing_tables" {
  command = plan
  variables {
    existing_tables = { orders = "s3://sales/orders/" }
  }
  expect_failures = [var.existing_tables]
}
