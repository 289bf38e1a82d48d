data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.id
  name       = "${var.name_prefix}-validation-${local.region}"

  glue_arn = "arn:${local.partition}:glue:${local.region}:${local.account_id}"
  s3_arn   = "arn:${local.partition}:s3:::"
  own      = { StringEquals = { "aws:ResourceAccount" = local.account_id } }

  statements = concat(
    [
      {
        Sid       = "ReadZones"
        Effect    = "Allow"
        Action    = ["s3:GetObject"]
        Resource  = [for bucket in var.zones : "${local.s3_arn}${bucket}/*"]
        Condition = local.own
      },
      {
        Sid       = "ListBuckets"
        Effect    = "Allow"
        Action    = ["s3:GetBucketLocation", "s3:ListBucket"]
        Resource  = [for bucket in concat(var.zones, [var.results_bucket]) : "${local.s3_arn}${bucket}"]
        Condition = local.own
      },
      # Athena writes results as whoever asks, and the report keeps its history beside them.
      {
        Sid       = "KeepResults"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
        Resource  = [for folder in ["query-results", "validation-history"] : "${local.s3_arn}${var.results_bucket}/${folder}/*"]
        Condition = local.own
      },
      # The scripts that Glue wrote, to be compared with the reviewed ones.
      {
        Sid       = "ReadScripts"
        Effect    = "Allow"
        Action    = ["s3:GetObject"]
        Resource  = ["${local.s3_arn}${var.assets_bucket}/scripts/*"]
        Condition = local.own
      },
      {
        Sid      = "AskAthena"
        Effect   = "Allow"
        Action   = ["athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetWorkGroup", "athena:StartQueryExecution", "athena:StopQueryExecution"]
        Resource = ["arn:${local.partition}:athena:${local.region}:${local.account_id}:workgroup/${var.workgroup}"]
      },
      {
        Sid    = "ReadTables"
        Effect = "Allow"
        Action = ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]
        Resource = concat(
          ["${local.glue_arn}:catalog"],
          flatten([for database in var.databases : ["${local.glue_arn}:database/${database}", "${local.glue_arn}:table/${database}/*"]]),
        )
      },
      {
        Sid      = "ReadJobs"
        Effect   = "Allow"
        Action   = ["glue:GetJob", "glue:GetJobRuns"]
        Resource = [for name in var.job_names : "${local.glue_arn}:job/${name}"]
      },
      # Results belong to no ruleset of the catalog, and so to no name that could be given here.
      {
        Sid      = "ReadQualityResults"
        Effect   = "Allow"
        Action   = ["glue:GetDataQualityResult", "glue:ListDataQualityResults"]
        Resource = ["${local.glue_arn}:dataQualityRuleset/*"]
      },
    ],
    [for topic in var.topic_arn[*] : { Sid = "TellOfFailures", Effect = "Allow", Action = ["sns:Publish"], Resource = [topic] }],
    [for key in var.kms_key_arn[*] : { Sid = "UseKey", Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = [key] }],
  )
}

resource "aws_iam_role" "this" {
  name                 = local.name
  path                 = var.iam_path
  description          = "Validation report of ${var.name_prefix}: reads the tables and keeps its results."
  permissions_boundary = var.permissions_boundary_arn
  max_session_duration = 3600
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      length(var.principal_arns) == 0 ? [] : [{
        Sid       = "NamedPrincipals"
        Effect    = "Allow"
        Principal = { AWS = sort(var.principal_arns) }
        Action    = "sts:AssumeRole"
      }],
      [
        for provider in var.oidc[*] : {
          Sid       = "WorkflowsOfARepository"
          Effect    = "Allow"
          Principal = { Federated = provider.provider_arn }
          Action    = "sts:AssumeRoleWithWebIdentity"
          Condition = {
            StringEquals = { "${regex("oidc-provider/(.+)$", provider.provider_arn)[0]}:aud" = provider.audience }
            StringLike   = { "${regex("oidc-provider/(.+)$", provider.provider_arn)[0]}:sub" = provider.subjects }
          }
        }
      ],
    )
  })

  lifecycle {
    precondition {
      condition     = length(local.name) <= 64
      error_message = "The role's name ${local.name} is longer than IAM's 64 characters: shorten name_prefix."
    }
    precondition {
      condition     = length(var.principal_arns) > 0 || var.oidc != null
      error_message = "Nobody could assume the role: give principal_arns or oidc."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "report"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
