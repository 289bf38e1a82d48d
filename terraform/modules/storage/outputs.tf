output "names" {
  description = "Bucket names by key; who uses one waits for its bucket, encryption and versioning."
  value       = { for key, bucket in var.buckets : key => bucket.name }

  depends_on = [
    aws_s3_bucket.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}
