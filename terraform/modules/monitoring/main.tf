data "aws_caller_identity" "current" {
  count = var.account_id == null ? 1 : 0
}

data "aws_partition" "current" {
  count = var.partition == null ? 1 : 0
}

data "aws_region" "current" {
  count = var.region == null ? 1 : 0
}

locals {
  account_id = coalesce(var.account_id, one(data.aws_caller_identity.current[*].account_id))
  partition  = coalesce(var.partition, one(data.aws_partition.current[*].partition))
  region     = coalesce(var.region, one(data.aws_region.current[*].id))

  job_names   = sort(var.job_names)
  makes_topic = var.topic_arn == null
  makes_key   = local.makes_topic && var.kms_key_arn == null && var.topic_encryption_enabled
  topic_name  = "${var.name_prefix}-notifications"
  topic_arn   = coalesce(var.topic_arn, "arn:${local.partition}:sns:${local.region}:${local.account_id}:${local.topic_name}")
  rules_arn   = "arn:${local.partition}:events:${local.region}:${local.account_id}:rule"
  alarms_arn  = "arn:${local.partition}:cloudwatch:${local.region}:${local.account_id}:alarm"

  # What is told, and of which event.
  events = {
    failed-jobs = {
      description = "Runs of the jobs that did not succeed."
      detail_type = "Glue Job State Change"
      detail      = { jobName = local.job_names, state = ["FAILED", "TIMEOUT", "STOPPED", "ERROR"] }
    }
    # Glue sends it for a run that takes longer than NotificationProperty.NotifyDelayAfter of its job.
    slow-jobs = {
      description = "Runs of the jobs that take longer than their NotifyDelayAfter."
      detail_type = "Glue Job Run Status"
      detail      = { jobName = local.job_names }
    }
  }
}

# SNS's own key lets neither EventBridge nor CloudWatch put a message into the topic.
module "key" {
  source = "../kms"
  count  = local.makes_key ? 1 : 0

  name_prefix          = var.name_prefix
  alias_suffix         = "-notifications"
  description          = "notifications."
  services             = ["events", "cloudwatch"]
  deletion_window_days = 7
  tags                 = var.tags
}

resource "aws_sns_topic" "this" {
  count = local.makes_topic ? 1 : 0

  name              = local.topic_name
  kms_master_key_id = local.makes_key ? module.key[0].arn : var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_policy" "this" {
  count = local.makes_topic ? 1 : 0

  arn = aws_sns_topic.this[0].arn
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
        Condition = { ArnEqualsIfExists = { "aws:SourceArn" = [for event in keys(local.events) : "${local.rules_arn}/${var.name_prefix}-${event}"] } }
      },
      {
        Sid       = "PublishAlarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = local.topic_arn
        Condition = { ArnLike = { "aws:SourceArn" = "${local.alarms_arn}:${var.name_prefix}-*" } }
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

  topic_arn = local.makes_topic ? aws_sns_topic.this[0].arn : var.topic_arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.events

  name        = "${var.name_prefix}-${each.key}"
  description = each.value.description
  tags        = var.tags
  event_pattern = jsonencode({
    source      = ["aws.glue"]
    detail-type = [each.value.detail_type]
    detail      = each.value.detail
  })
}

# The event as it is: account, region, job, run, state and Glue's message. A sentence made of it by an input transformer
# would be no JSON, and never arrive, when the message has quotes: EventBridge escapes none ("Input transformation").
resource "aws_cloudwatch_event_target" "this" {
  for_each = local.events

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "notifications"
  arn       = local.makes_topic ? aws_sns_topic.this[0].arn : var.topic_arn
}

# A job that runs counts its tasks (`--enable-metrics`); one that does not run counts nothing, which is what is told.
resource "aws_cloudwatch_metric_alarm" "no_run" {
  for_each = var.hours_without_run == null ? [] : toset(local.job_names)

  alarm_name          = "${var.name_prefix}-no-run-${each.key}"
  alarm_description   = "Job ${each.key} has not run for ${var.hours_without_run} hours."
  namespace           = "Glue"
  metric_name         = "glue.driver.aggregate.numCompletedTasks"
  dimensions          = { JobName = each.key, JobRunId = "ALL", Type = "count" }
  statistic           = "Sum"
  period              = var.hours_without_run * 3600
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [local.topic_arn]
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard_enabled ? 1 : 0

  dashboard_name = var.name_prefix
  dashboard_body = jsonencode({
    widgets = concat(
      [
        for index, metric in [
          { title = "Time of the jobs, ms", name = "glue.driver.aggregate.elapsedTime" },
          { title = "Bytes that the jobs read", name = "glue.driver.aggregate.bytesRead" },
          ] : {
          type   = "metric"
          x      = 12 * index
          y      = 0
          width  = 12
          height = 6
          properties = {
            title   = metric.title
            region  = local.region
            stat    = "Sum"
            period  = 3600
            metrics = [for name in local.job_names : ["Glue", metric.name, "JobName", name, "JobRunId", "ALL", "Type", "count"]]
          }
        }
      ],
      [for name in var.workgroup[*] : {
        type   = "metric"
        x      = 0
        y      = 6
        width  = 24
        height = 6
        properties = {
          title   = "Bytes that queries scanned"
          region  = local.region
          stat    = "Sum"
          period  = 3600
          metrics = [["AWS/Athena", "ProcessedBytes", "QueryState", "SUCCEEDED", "QueryType", "DML", "WorkGroup", name]]
        }
      }],
    )
  })
}

# Of everything in the account that carries the tag: the deployment's, by default_tags.
resource "aws_budgets_budget" "this" {
  count = var.budget == null ? 0 : 1

  name         = var.name_prefix
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.budget.monthly_usd)
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:%s$%s", var.budget.tag_key, var.budget.tag_value)]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = var.notification_emails
    }
  }

  lifecycle {
    precondition {
      condition     = length(var.notification_emails) > 0
      error_message = "A budget that tells nobody is of no use: give notification_emails as well."
    }
  }
}

moved {
  from = aws_cloudwatch_event_rule.this
  to   = aws_cloudwatch_event_rule.this["failed-jobs"]
}

moved {
  from = aws_cloudwatch_event_target.this
  to   = aws_cloudwatch_event_target.this["failed-jobs"]
}
