output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

output "statements" {
  description = "What the role may do, as statements of an IAM policy."
  value       = local.statements
}
