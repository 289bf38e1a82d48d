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

  buckets = { for key, bucket in var.buckets : key => bucket if !contains(keys(var.existing_buckets), key) }
  names   = { for key, bucket in local.buckets : key => coalesce(bucket.name, "${var.name_prefix}-${replace(key, "_", "-")}-${local.account_id}-${local.region}") }

  # Of each header that S3 knows for it: what another encryption than the bucket's would ask for. A request that names
  # none gets the bucket's.
  other_encryption = merge(
    {
      Algorithm = { StringNotEquals = { "s3:x-amz-server-side-encryption" = var.kms_key_arn == null ? "AES256" : "aws:kms" }, Null = { "s3:x-amz-server-side-encryption" = "false" } }
      OwnKey    = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
    },
    var.kms_key_arn == null ? {} : {
      KmsKey = { StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.kms_key_arn }, Null = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" } }
    },
  )
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18: access_logs says where they go; by default S3 keeps none, since they cost storage.
  # checkov:skip=CKV_AWS_21: versioned says so of each bucket; query results can be had again.
  # checkov:skip=CKV_AWS_144: tables can be made again from landing data, whose owner decides on copies elsewhere.
  # checkov:skip=CKV_AWS_145: kms_key_arn says so; by default S3's own key encrypts.
  # checkov:skip=CKV2_AWS_62: nothing waits for single objects; jobs are started by schedule or by hand.
  for_each = local.buckets

  bucket        = local.names[each.key]
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Without ACLs, the bucket's owner owns every object and policies alone decide.
resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = { for key, bucket in local.buckets : key => bucket if bucket.versioned }

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "DenyInsecureTransport"
          Effect    = "Deny"
          Principal = { AWS = "*" }
          Action    = "s3:*"
          Resource  = ["arn:${local.partition}:s3:::${local.names[each.key]}", "arn:${local.partition}:s3:::${local.names[each.key]}/*"]
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
        {
          Sid       = "DenyOldTransport"
          Effect    = "Deny"
          Principal = { AWS = "*" }
          Action    = "s3:*"
          Resource  = ["arn:${local.partition}:s3:::${local.names[each.key]}", "arn:${local.partition}:s3:::${local.names[each.key]}/*"]
          Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
        },
      ],
      [
        for what, condition in local.other_encryption : {
          Sid       = "DenyOther${what}"
          Effect    = "Deny"
          Principal = { AWS = "*" }
          Action    = "s3:PutObject"
          Resource  = "arn:${local.partition}:s3:::${local.names[each.key]}/*"
          Condition = condition
        }
      ],
    )
  })

  # S3 refuses to change both at once, and a policy is checked against the block.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = var.lifecycle_rules_enabled ? local.buckets : {}

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = each.value.versioned ? [var.noncurrent_version_days] : []

    content {
      id     = "old-versions"
      status = "Enabled"

      filter {}

      expiration {
        expired_object_delete_marker = true
      }

      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }
    }
  }

  dynamic "rule" {
    for_each = each.value.expiring_after_days

    content {
      id     = "expire-${trimsuffix(rule.key, "/")}"
      status = "Enabled"

      filter {
        prefix = rule.key
      }

      expiration {
        days = rule.value
      }
    }
  }

  # Rules on old versions need the versioning to be there.
  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_logging" "this" {
  for_each = var.access_logs == null ? {} : local.buckets

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = var.access_logs.bucket
  target_prefix = "${var.access_logs.prefix}${local.names[each.key]}/"
}
