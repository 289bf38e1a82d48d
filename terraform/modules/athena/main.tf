locals {
  results_location = "s3://${var.bucket}/query-results/"
}

resource "aws_athena_workgroup" "this" {
  name          = var.name
  description   = var.description
  force_destroy = var.force_destroy
  tags          = var.tags

  configuration {
    bytes_scanned_cutoff_per_query = var.bytes_scanned_cutoff
    # What a client asks for (another bucket, no encryption) is ignored.
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    requester_pays_enabled             = false

    result_configuration {
      expected_bucket_owner = var.expected_owner
      output_location       = local.results_location

      encryption_configuration {
        encryption_option = var.kms_key_arn == null ? "SSE_S3" : "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}

# What people ask of the tables, where they look for it: Athena's "Saved queries".
resource "aws_athena_named_query" "this" {
  for_each = var.queries

  name        = each.key
  workgroup   = aws_athena_workgroup.this.name
  database    = each.value.database
  description = each.value.description
  query       = each.value.sql
}
