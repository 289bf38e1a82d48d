locals {
  catalog_arn = "arn:${var.partition}:glue:${var.region}:${var.account_id}"
  s3_arn      = "arn:${var.partition}:s3:::"

  # s3://bucket/prefix/ as bucket and prefix (without the slash at the end).
  locations = {
    for uri in distinct(concat(var.access.reads_s3, var.access.writes_s3)) : uri => {
      bucket = split("/", trimprefix(uri, "s3://"))[0]
      prefix = trimsuffix(join("/", slice(split("/", trimprefix(uri, "s3://")), 1, length(split("/", trimprefix(uri, "s3://"))))), "/")
    }
  }

  # A prefix's own key is asked for as well as what is under it: S3A looks whether a path is a file.
  read_objects  = flatten([for uri in var.access.reads_s3 : ["${local.s3_arn}${local.locations[uri].bucket}/${local.locations[uri].prefix}", "${local.s3_arn}${local.locations[uri].bucket}/${local.locations[uri].prefix}/*"]])
  write_objects = flatten([for uri in var.access.writes_s3 : ["${local.s3_arn}${local.locations[uri].bucket}/${local.locations[uri].prefix}", "${local.s3_arn}${local.locations[uri].bucket}/${local.locations[uri].prefix}/*"]])

  assets_prefixes = concat(["temp/${var.job.name}"], var.spark_logs_enabled ? ["spark-logs/${var.job.name}"] : [])
  listed_prefixes = merge(
    { for bucket in distinct(values(local.locations)[*].bucket) : bucket => distinct([for location in values(local.locations) : location.prefix if location.bucket == bucket]) },
    { (var.assets_bucket) = local.assets_prefixes },
  )

  written_buckets = distinct(concat([var.assets_bucket], [for uri in var.access.writes_s3 : local.locations[uri].bucket]))

  tables       = distinct(concat(var.access.reads_tables, var.access.writes_tables))
  database_arn = "${local.catalog_arn}:database/${var.access.database}"

  metric_namespaces = concat(["Glue"], var.access.evaluates_quality ? ["Glue Data Quality"] : [])

  statements = concat(
    [
      {
        Sid      = "ReadScript"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.s3_arn}${var.assets_bucket}/${local.script_key}"]
      },
      {
        Sid      = "UseTemporaryFilesAndSparkLogs"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource = flatten([for prefix in local.assets_prefixes : ["${local.s3_arn}${var.assets_bucket}/${prefix}", "${local.s3_arn}${var.assets_bucket}/${prefix}/*"]])
      },
    ],
    # IfExists: S3 answers 404 and not 403 for a missing object only to a caller who may list the bucket, and that
    # question comes without a prefix. Spark asks it of every path that it is about to write.
    [
      for index, bucket in sort(keys(local.listed_prefixes)) : {
        Sid      = "ListPrefixes${index}"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = ["${local.s3_arn}${bucket}"]
        Condition = {
          StringLikeIfExists = {
            "s3:prefix" = flatten([for prefix in local.listed_prefixes[bucket] : [prefix, "${prefix}/", "${prefix}/*"]])
          }
        }
      }
    ],
    # S3A, the file system of Glue 5.1 (EMR Release Guide, "EMRFS to S3A"), lists uploads that were left unfinished where it
    # writes (Hadoop's guide to S3A, "Working with IAM Assumed Roles"). S3 knows no prefix to limit this by.
    [{
      Sid      = "FindUnfinishedUploads"
      Effect   = "Allow"
      Action   = ["s3:ListBucketMultipartUploads"]
      Resource = [for bucket in sort(local.written_buckets) : "${local.s3_arn}${bucket}"]
    }],
    length(var.access.reads_s3) == 0 ? [] : [{
      Sid      = "ReadSources"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = local.read_objects
    }],
    length(var.access.reads_files) == 0 ? [] : [{
      Sid      = "ReadLibraries"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [for uri in var.access.reads_files : "${local.s3_arn}${trimprefix(uri, "s3://")}"]
    }],
    # Purging the table deletes its files.
    length(var.access.writes_s3) == 0 ? [] : [{
      Sid      = "ReplaceTargets"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      Resource = local.write_objects
    }],
    length(local.tables) == 0 ? [] : [{
      Sid      = "ReadTables"
      Effect   = "Allow"
      Action   = ["glue:GetDatabase", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]
      Resource = concat(["${local.catalog_arn}:catalog", local.database_arn], [for table in local.tables : "${local.catalog_arn}:table/${var.access.database}/${table}"])
    }],
    length(var.access.updates_tables) == 0 ? [] : [{
      Sid      = "UpdateTables"
      Effect   = "Allow"
      Action   = ["glue:UpdateTable", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:DeletePartition", "glue:BatchDeletePartition"]
      Resource = concat(["${local.catalog_arn}:catalog", local.database_arn], [for table in var.access.updates_tables : "${local.catalog_arn}:table/${var.access.database}/${table}"])
    }],
    # With --enable-glue-datacatalog, Spark looks for its own databases at the start and makes `default` where it is missing.
    !var.access.uses_hive_catalog ? [] : [
      {
        Sid      = "FindSparkDatabases"
        Effect   = "Allow"
        Action   = ["glue:GetDatabase"]
        Resource = ["${local.catalog_arn}:catalog", "${local.catalog_arn}:database/default", "${local.catalog_arn}:database/global_temp"]
      },
      {
        Sid      = "MakeDefaultDatabase"
        Effect   = "Allow"
        Action   = ["glue:CreateDatabase"]
        Resource = ["${local.catalog_arn}:catalog", "${local.catalog_arn}:database/default"]
      },
    ],
    !var.access.evaluates_quality ? [] : [
      # Results belong to no ruleset of the catalog, and so to no name that could be given here.
      {
        Sid      = "PublishDataQualityResults"
        Effect   = "Allow"
        Action   = ["glue:PublishDataQuality"]
        Resource = ["${local.catalog_arn}:dataQualityRuleset/*"]
      },
      # AWS's own bucket: "These libraries are required to evaluate data quality", says the Glue guide, "Troubleshooting
      # AWS Glue Data Quality errors".
      {
        Sid      = "ReadDataQualityLibraries"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.s3_arn}aws-glue-ml-data-quality-assets-${var.region}/*"]
      },
    ],
    [
      # The three that AWS's own policy for jobs, AWSGlueServiceRole, has. Terraform makes the groups, but no text of AWS says
      # that a job logs if it may not.
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = flatten([for name in var.log_group_names : ["arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${name}", "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${name}:log-stream:*"]])
      },
      {
        Sid       = "PutMetrics"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"] # The API knows no resources; the namespace is what can be limited.
        Condition = { StringEquals = { "cloudwatch:namespace" = local.metric_namespaces } }
      },
    ],
    var.kms_key_arn == null ? [] : [{
      Sid      = "UseKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"] # Glue's guide, "Setting up encryption"
      Resource = [var.kms_key_arn]
    }],
    # Glue looks up the security configuration, and the log group gets the key that it names.
    var.security_configuration == null ? [] : [{
      Sid      = "EncryptLogs"
      Effect   = "Allow"
      Action   = ["logs:AssociateKmsKey"]
      Resource = [for name in var.log_group_names : "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:${name}"]
    }],
  )
}

resource "aws_iam_role" "this" {
  name        = var.role_name
  description = "Glue job ${var.job.name}: only what its graph reads and writes."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "GlueInThisAccount"
      Effect    = "Allow"
      Principal = { Service = "glue.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # IfExists: not every service names the account it acts for, and AWS does not say that Glue does when it starts a job.
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "graph"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
