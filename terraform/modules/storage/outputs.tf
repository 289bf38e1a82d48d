output "names" {
  description = "Bucket names by key; who uses one waits for its bucket, encryption and versioning."
  value       = merge(local.names, { for key, name in var.existing_buckets : key => name if contains(keys(var.buckets), key) })

  depends_on = [
    aws_s3_bucket.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "arns" {
  description = "ARNs of the buckets that were made, by key."
  value       = { for key, bucket in aws_s3_bucket.this : key => bucket.arn }
}

output "name_prefix" {
  description = "The prefix, for what comes after the buckets: AWS hands an existing topic, rule or alarm over to whoever makes it again, but no bucket."
  value       = var.name_prefix

  depends_on = [aws_s3_bucket.this]
}
