output "arn" {
  description = "ARN of the key."
  # Written out, so that a plan knows that there is one before it is made.
  value = "arn:${local.partition}:kms:${local.region}:${local.account_id}:key/${aws_kms_key.this.key_id}"
}

output "alias_arn" {
  description = "ARN of its alias."
  value       = aws_kms_alias.this.arn
}
