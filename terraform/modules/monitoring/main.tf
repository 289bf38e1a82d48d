locals {
  topic_name = "${var.name_prefix}-notifications"
  topic_arn  = "arn:${var.partition}:sns:${var.region}:${var.account_id}:${local.topic_name}"
  rule_name  = "${var.name_prefix}-failed-jobs"
  rule_arn   = "arn:${var.partition}:events:${var.region}:${var.account_id}:rule/${local.rule_name}"
}

resource "aws_sns_topic" "this" {
  name              = local.topic_name
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "PublishFailedJobs"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        # IfExists: EventBridge may name no rule; its guide allows no condition here ("Amazon SNS permissions").
        Condition = { ArnEqualsIfExists = { "aws:SourceArn" = local.rule_arn } }
      },
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.notification_emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_event_rule" "this" {
  name        = local.rule_name
  description = "Runs of the jobs that did not succeed."
  event_pattern = jsonencode({
    source      = ["aws.glue"]
    detail-type = ["Glue Job State Change"]
    detail = {
      jobName = sort(var.job_names)
      state   = ["FAILED", "TIMEOUT", "STOPPED", "ERROR"]
    }
  })
}

# The event as it is: account, region, job, run, state and Glue's message. A sentence made of it by an input transformer
# would be no JSON, and never arrive, when the message has quotes: EventBridge escapes none ("Input transformation").
resource "aws_cloudwatch_event_target" "this" {
  rule      = aws_cloudwatch_event_rule.this.name
  target_id = "notifications"
  arn       = aws_sns_topic.this.arn
}
