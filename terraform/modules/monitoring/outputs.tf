output "topic_arn" {
  description = "ARN of the topic that is told of failed jobs."
  value       = local.makes_topic ? aws_sns_topic.this[0].arn : var.topic_arn
}

output "rule_arns" {
  description = "ARNs of the EventBridge rules: failed-jobs and slow-jobs."
  value       = { for name, rule in aws_cloudwatch_event_rule.this : name => rule.arn }
}

output "alarm_arns" {
  description = "ARNs of the alarms on jobs that do not run, by job."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.no_run : name => alarm.arn }
}
