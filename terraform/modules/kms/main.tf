data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.id

  # Whom the key is for besides the account's own IAM.
  services = {
    logs = {
      Principal = { Service = "logs.${local.region}.${data.aws_partition.current.dns_suffix}" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
      Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:/aws-glue/${var.name_prefix}/*" } }
    }
    # EventBridge and CloudWatch put messages into the encrypted topic. No condition: EventBridge meets none, and with
    # aws:SourceAccount or aws:SourceArn the messages of failed jobs are lost without an error (SNS guide, "Key management").
    events     = { Principal = { Service = "events.amazonaws.com" }, Action = ["kms:Decrypt", "kms:GenerateDataKey*"] }
    cloudwatch = { Principal = { Service = "cloudwatch.amazonaws.com" }, Action = ["kms:Decrypt", "kms:GenerateDataKey*"] }
  }
}

resource "aws_kms_key" "this" {
  description             = "${var.name_prefix}: ${var.description}"
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days
  tags                    = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "AccountDecides"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      [
        for service in sort(tolist(var.services)) : merge(local.services[service], {
          Sid      = "For${title(service)}"
          Effect   = "Allow"
          Resource = "*"
        })
      ],
    )
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name_prefix}${var.alias_suffix}"
  target_key_id = aws_kms_key.this.key_id
}
