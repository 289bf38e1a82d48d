output "name" {
  description = "Name of the job, once its graph is published."
  value       = aws_glue_job.this.name

  depends_on = [terraform_data.publish]
}

output "role_arn" {
  description = "ARN of the job's role."
  value       = aws_iam_role.this.arn
}
