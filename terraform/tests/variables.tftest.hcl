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
