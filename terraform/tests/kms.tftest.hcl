mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

variables {
  name_prefix = "lake"
}

run "key" {
  command = plan
  module {
    source = "./modules/kms"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_alias.this.name == "alias/lake"
    error_message = "The key must rotate and have a name."
  }
  assert {
    condition     = { for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid => statement.Principal } == { AccountDecides = { AWS = "arn:aws:iam::111122223333:root" }, ForCloudwatch = { Service = "cloudwatch.amazonaws.com" }, ForEvents = { Service = "events.amazonaws.com" }, ForLogs = { Service = "logs.eu-west-1.amazonaws.com" } }
    error_message = "The account decides, and three services may use the key."
  }
  assert {
    condition     = [for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] if statement.Sid == "ForLogs"] == ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/lake/*"]
    error_message = "CloudWatch Logs may use the key for the log groups of this deployment only."
  }
}

run "refuses_a_service_that_needs_no_key" {
  command = plan
  module {
    source = "./modules/kms"
  }
  variables {
    services = ["lambda"]
  }
  expect_failures = [var.services]
}

run "refuses_a_deletion_at_once" {
  command = plan
  module {
    source = "./modules/kms"
  }
  variables {
    deletion_window_days = 1
  }
  expect_failures = [var.deletion_window_days]
}
