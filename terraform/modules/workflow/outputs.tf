output "name" {
  description = "Name of the workflow."
  value       = aws_glue_workflow.this.name
}

output "arn" {
  description = "ARN of the workflow."
  value       = aws_glue_workflow.this.arn
}

output "trigger_arns" {
  description = "ARNs of the triggers by job, and of the one that starts the workflow as `start`."
  value       = merge({ for job, trigger in aws_glue_trigger.after : job => trigger.arn }, { start = aws_glue_trigger.start.arn })
}
