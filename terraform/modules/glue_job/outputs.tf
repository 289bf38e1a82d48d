output "name" {
  description = "Name of the job, once its graph is published."
  value       = aws_glue_job.this.name

  depends_on = [terraform_data.publish]
}

output "arn" {
  description = "ARN of the job."
  value       = aws_glue_job.this.arn
}

output "role_arn" {
  description = "ARN of the job's role."
  value       = aws_iam_role.this.arn
}

output "log_group_names" {
  description = "Names of the job's log groups: error and output."
  value       = { for stream, group in aws_cloudwatch_log_group.this : stream => group.name }
}

output "statements" {
  description = "What the role may do, as statements of an IAM policy."
  value       = local.statements
}

output "publish_command" {
  description = "Publishes the job's graph; for a pipeline step where publish.enabled is false."
  value       = join(" ", concat(["python"], local.publish, [local.name]))
}
