mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:111122223333:lake-notifications" }
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
    condition = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == {
      source      = ["aws.glue"]
      detail-type = ["Glue Job State Change"]
      detail      = { jobName = ["a", "b"], state = ["FAILED", "TIMEOUT", "STOPPED", "ERROR"] }
    }
    error_message = "The rule must see these jobs' runs that did not succeed."
  }
  assert {
    condition     = aws_cloudwatch_event_target.this.arn == "arn:aws:sns:eu-west-1:111122223333:lake-notifications" && aws_cloudwatch_event_target.this.rule == "lake-failed-jobs" && length(aws_cloudwatch_event_target.this.input_transformer) == 0
    error_message = "What the rule sees must reach the topic, whatever is in Glue's message."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[0].Condition == { ArnEqualsIfExists = { "aws:SourceArn" = "arn:aws:events:eu-west-1:111122223333:rule/lake-failed-jobs" } } && jsondecode(aws_sns_topic_policy.this.policy).Statement[0].Principal.Service == "events.amazonaws.com"
    error_message = "No other rule that EventBridge names may publish, and this one must when it names none."
  }
  assert {
    condition     = jsondecode(aws_sns_topic_policy.this.policy).Statement[0].Resource == aws_sns_topic.this.arn
    error_message = "The policy must be about this topic."
  }
  assert {
    condition     = { for address, subscription in aws_sns_topic_subscription.email : address => subscription.topic_arn } == { "data@example.com" = "arn:aws:sns:eu-west-1:111122223333:lake-notifications" }
    error_message = "Each address must be subscribed."
  }
}
