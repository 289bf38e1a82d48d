mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:111122223333:lake-notifications" }
  }
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
  name_prefix         = "lake"
  account_id          = "111122223333"
  job_names           = ["b", "a"]
  kms_key_arn         = null
  notification_emails = ["data@example.com"]
  partition           = "aws"
  region              = "eu-west-1"
}

run "failed_jobs_are_told" {
  command = apply
  module {
    source = "./modules/monitoring"
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["failed-jobs"].event_pattern) == {
      source      = ["aws.glue"]
      detail-type = ["Glue Job State Change"]
      detail      = { jobName = ["a", "b"], state = ["FAILED", "TIMEOUT", "STOPPED", "ERROR"] }
    }
    error_message = "The rule must see these jobs' runs that did not succeed."
  }
  assert {
    condition     = aws_cloudwatch_event_target.this["failed-jobs"].arn == "arn:aws:sns:eu-west-1:111122223333:lake-notifications" && aws_cloudwatch_event_target.this["failed-jobs"].rule == "lake-failed-jobs" && length(aws_cloudwatch_event_target.this["failed-jobs"].input_transformer) == 0
    error_message = "What the rule sees must reach the topic, whatever is in Glue's message."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this[0].policy).Statement[0].Condition == { ArnEqualsIfExists = { "aws:SourceArn" = ["arn:aws:events:eu-west-1:111122223333:rule/lake-failed-jobs", "arn:aws:events:eu-west-1:111122223333:rule/lake-slow-jobs"] } } && jsondecode(aws_sns_topic_policy.this[0].policy).Statement[0].Principal.Service == "events.amazonaws.com"
    error_message = "No other rule that EventBridge names may publish, and this one must when it names none."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this[0].policy).Statement[0].Resource == aws_sns_topic.this[0].arn
    error_message = "The policy must be about this topic."
  }
  assert {
    condition     = { for address, subscription in aws_sns_topic_subscription.email : address => subscription.topic_arn } == { "data@example.com" = "arn:aws:sns:eu-west-1:111122223333:lake-notifications" }
    error_message = "Each address must be subscribed."
  }
}

run "encrypted_and_quiet_by_default" {
  command = plan
  module {
    source = "./modules/monitoring"
  }

  assert {
    condition     = length(module.key) == 1
    error_message = "The topic must have a key of its own."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.no_run) == 0 && length(aws_cloudwatch_dashboard.this) == 0 && length(aws_budgets_budget.this) == 0
    error_message = "What costs something must be asked for."
  }
}

run "more_when_asked_for" {
  command = plan
  module {
    source = "./modules/monitoring"
  }
  variables {
    budget            = { monthly_usd = 50, tag_value = "lake" }
    dashboard_enabled = true
    hours_without_run = 24
    topic_arn         = "arn:aws:sns:eu-west-1:111122223333:platform"
    workgroup         = "lake"
  }

  assert {
    condition     = length(aws_sns_topic.this) == 0 && length(module.key) == 0 && alltrue([for target in aws_cloudwatch_event_target.this : target.arn == var.topic_arn]) && output.topic_arn == var.topic_arn
    error_message = "A topic that is there already must be told, and none be made."
  }
  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.no_run : name => [alarm.period, alarm.dimensions["JobName"], alarm.treat_missing_data] } == { a = [86400, "a", "breaching"], b = [86400, "b", "breaching"] }
    error_message = "A job that does not run sends no data, and that must be told after a day."
  }
  assert {
    condition     = one(aws_budgets_budget.this[0].cost_filter).values == tolist(["user:Project$lake"]) && aws_budgets_budget.this[0].limit_amount == "50"
    error_message = "The budget must be of what carries the tag."
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets) == 3
    error_message = "The dashboard shows the jobs' time and bytes and the queries' bytes."
  }
}

run "refuses_a_week_without_run" {
  command = plan
  module {
    source = "./modules/monitoring"
  }
  variables {
    hours_without_run = 168
  }
  expect_failures = [var.hours_without_run]
}

run "refuses_a_topic_that_is_none" {
  command = plan
  module {
    source = "./modules/monitoring"
  }
  variables {
    topic_arn = "lake-notifications"
  }
  expect_failures = [var.topic_arn]
}
