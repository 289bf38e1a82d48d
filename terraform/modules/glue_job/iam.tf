# The role, and what it may do: what the graph shows, and what Glue itself asks of every job's role.

locals {
  catalog_arn = "arn:${local.partition}:glue:${local.region}:${local.account_id}"
  logs_arn    = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group"
  s3_arn      = "arn:${local.partition}:s3:::"

  # s3://bucket/prefix/ as bucket and prefix (without the slash at the end).
  locations = {
    for uri in distinct(concat(var.access.reads_s3, var.access.writes_s3)) : uri => {
      bucket = regex("^s3://([^/]+)/(.*?)/?$", uri)[0]
      prefix = regex("^s3://([^/]+)/(.*?)/?$", uri)[1]
    }
  }

  # A prefix's own key is asked for as well as what is under it: S3A looks whether a path is a file.
  objects = { for uri, location in local.locations : uri => ["${local.s3_arn}${location.bucket}/${location.prefix}", "${local.s3_arn}${location.bucket}/${location.prefix}/*"] }

  assets_prefixes = concat(["temp/${local.name}"], var.spark_logs_enabled ? ["spark-logs/${local.name}"] : [])
  listed_prefixes = merge(
    { for bucket in distinct(values(local.locations)[*].bucket) : bucket => distinct([for location in values(local.locations) : location.prefix if location.bucket == bucket]) },
    { (var.assets_bucket) = local.assets_prefixes },
  )
  # Three forms of each prefix; no statement may outgrow a managed policy.
  listings = flatten([
    for bucket in sort(keys(local.listed_prefixes)) : [
      for prefixes in chunklist(local.listed_prefixes[bucket], max(1, floor(local.statement_characters / (3 * max([for prefix in local.listed_prefixes[bucket] : length(prefix) + 5]...))))) :
      { bucket = bucket, prefixes = prefixes }
    ]
  ])

  written_buckets = distinct(concat([var.assets_bucket], [for uri in var.access.writes_s3 : local.locations[uri].bucket]))

  tables = distinct(concat(var.access.reads_tables, var.access.writes_tables))
  # The catalog and the databases of tables, and the tables.
  table_arns = {
    for kind, tables in { used = local.tables, updated = var.access.updates_tables } : kind => concat(
      ["${local.catalog_arn}:catalog"],
      [for database in distinct([for table in tables : split(".", table)[0]]) : "${local.catalog_arn}:database/${database}"],
      [for table in tables : "${local.catalog_arn}:table/${replace(table, ".", "/")}"],
    )
  }

  connections = keys(var.access.connections)
  in_vpc      = anytrue(values(var.access.connections)[*].in_vpc)
  secret_arns = distinct(flatten(values(var.access.connections)[*].secret_arns))

  # A bucket of the same name in somebody else's account is not the one that was meant.
  own_buckets = { StringEquals = { "aws:ResourceAccount" = concat([local.account_id], var.s3_account_ids) } }

  measured_statements = concat(
    [
      {
        Sid       = "ReadScript"
        Effect    = "Allow"
        Action    = ["s3:GetObject"]
        Resource  = ["${local.s3_arn}${var.assets_bucket}/${local.script_key}"]
        Condition = local.own_buckets
      },
      {
        Sid       = "UseTemporaryFilesAndSparkLogs"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource  = flatten([for prefix in local.assets_prefixes : ["${local.s3_arn}${var.assets_bucket}/${prefix}", "${local.s3_arn}${var.assets_bucket}/${prefix}/*"]])
        Condition = local.own_buckets
      },
    ],
    # IfExists: S3 answers 404 and not 403 for a missing object only to a caller who may list the bucket, and that
    # question comes without a prefix. Spark asks it of every path that it is about to write.
    [
      for index, listing in local.listings : {
        Sid      = "ListPrefixes${index}"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = ["${local.s3_arn}${listing.bucket}"]
        Condition = merge(local.own_buckets, {
          StringLikeIfExists = {
            "s3:prefix" = flatten([for prefix in listing.prefixes : [prefix, "${prefix}/", "${prefix}/*"]])
          }
        })
      }
    ],
    # S3A, the file system of Glue 5.1 (EMR Release Guide, "EMRFS to S3A"), lists uploads that were left unfinished where it
    # writes (Hadoop's guide to S3A, "Working with IAM Assumed Roles"). S3 knows no prefix to limit this by.
    [{
      Sid       = "FindUnfinishedUploads"
      Effect    = "Allow"
      Action    = ["s3:ListBucketMultipartUploads"]
      Resource  = [for bucket in sort(local.written_buckets) : "${local.s3_arn}${bucket}"]
      Condition = local.own_buckets
    }],
    length(var.access.reads_s3) == 0 ? [] : [{
      Sid       = "ReadSources"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = flatten([for uri in var.access.reads_s3 : local.objects[uri]])
      Condition = local.own_buckets
    }],
    length(var.access.reads_files) == 0 ? [] : [{
      Sid       = "ReadLibraries"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = [for uri in var.access.reads_files : "${local.s3_arn}${trimprefix(uri, "s3://")}"]
      Condition = local.own_buckets
    }],
    # Purging the table deletes its files.
    length(var.access.writes_s3) == 0 ? [] : [{
      Sid       = "ReplaceTargets"
      Effect    = "Allow"
      Action    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      Resource  = flatten([for uri in var.access.writes_s3 : local.objects[uri]])
      Condition = local.own_buckets
    }],
    length(local.tables) == 0 ? [] : [{
      Sid      = "ReadTables"
      Effect   = "Allow"
      Action   = ["glue:GetDatabase", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions", "glue:BatchGetPartition"]
      Resource = local.table_arns["used"]
    }],
    length(var.access.updates_tables) == 0 ? [] : [{
      Sid      = "UpdateTables"
      Effect   = "Allow"
      Action   = ["glue:UpdateTable", "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition", "glue:DeletePartition", "glue:BatchDeletePartition"]
      Resource = local.table_arns["updated"]
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
      # AWS's own bucket, in an account of AWS's: "These libraries are required to evaluate data quality", says the Glue
      # guide, "Troubleshooting AWS Glue Data Quality errors".
      {
        Sid      = "ReadDataQualityLibraries"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.s3_arn}aws-glue-ml-data-quality-assets-${local.region}/*"]
      },
    ],
    length(local.connections) == 0 ? [] : [{
      Sid      = "UseConnections"
      Effect   = "Allow"
      Action   = ["glue:GetConnection"]
      Resource = concat(["${local.catalog_arn}:catalog"], [for name in local.connections : "${local.catalog_arn}:connection/${name}"])
    }],
    # As in AWS's own policy for jobs, AWSGlueServiceRole: Glue makes a network interface in the connection's subnet.
    !local.in_vpc ? [] : [
      {
        Sid      = "FindNetwork"
        Effect   = "Allow"
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints"]
        Resource = ["*"] # None of these APIs knows resources.
      },
      {
        Sid    = "UseNetworkInterfaces"
        Effect = "Allow"
        Action = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"]
        Resource = [
          for kind in ["network-interface", "security-group", "subnet"] : "arn:${local.partition}:ec2:${local.region}:${local.account_id}:${kind}/*"
        ]
      },
    ],
    !local.in_vpc ? [] : [{
      Sid       = "TagNetworkInterfaces"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource  = ["arn:${local.partition}:ec2:${local.region}:${local.account_id}:network-interface/*"]
      Condition = { "ForAllValues:StringEquals" = { "aws:TagKeys" = ["aws-glue-service-resource"] } }
    }],
    # The three that AWSGlueServiceRole has. Terraform makes the groups, but no text of AWS says that a job logs if it may
    # not.
    [{
      Sid      = "WriteLogs"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = flatten([for name in values(local.log_group_names) : ["${local.logs_arn}:${name}", "${local.logs_arn}:${name}:log-stream:*"]])
    }],
    # Lake Formation hands out what it granted by this one call, which knows no resources.
    !var.lake_formation_enabled ? [] : [{
      Sid      = "AskLakeFormation"
      Effect   = "Allow"
      Action   = ["lakeformation:GetDataAccess"]
      Resource = ["*"]
    }],
    # Glue looks up the security configuration, and the log group gets the key that it names.
    var.security_configuration == null ? [] : [{
      Sid      = "EncryptLogs"
      Effect   = "Allow"
      Action   = ["logs:AssociateKmsKey"]
      Resource = [for name in values(local.log_group_names) : "${local.logs_arn}:${name}"]
    }],
  )

  # Small ones. ARNs of key and secrets may not be known before these are made, so that they are not measured below.
  fixed_statements = concat(
    [{
      Sid       = "PutMetrics"
      Effect    = "Allow"
      Action    = ["cloudwatch:PutMetricData"]
      Resource  = ["*"] # The API knows no resources; the namespace is what can be limited.
      Condition = { StringEquals = { "cloudwatch:namespace" = concat(["Glue"], var.access.evaluates_quality ? ["Glue Data Quality"] : []) } }
    }],
    var.kms_key_arn == null ? [] : [{
      Sid      = "UseKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"] # Glue's guide, "Setting up encryption"
      Resource = [var.kms_key_arn]
    }],
    length(local.secret_arns) == 0 ? [] : [{
      Sid      = "ReadPasswords"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = local.secret_arns
    }],
  )

  statements = concat(local.measured_statements, local.fixed_statements)

  # IAM takes 10,240 characters of inline policies, and managed ones of 6,144, of which a role has ten. What does not fit
  # into the inline one is cut into statements of at most half a managed policy, and these put into managed ones: a new
  # one begins wherever the sum of what comes before passes the next half.
  inline_characters    = 9000
  statement_characters = 2600
  half_characters      = 2900
  fits_inline          = length(jsonencode(local.measured_statements)) <= local.inline_characters
  cut_statements = flatten([
    for statement in local.measured_statements : [
      for index, resources in chunklist(statement.Resource, max(1, floor(local.statement_characters / max([for resource in statement.Resource : length(resource) + 3]...)))) :
      merge(statement, { Sid = "${statement.Sid}x${index}", Resource = resources })
    ]
    if !local.fits_inline
  ])
  cut_lengths = [for statement in local.cut_statements : length(jsonencode(statement))]
  halves      = [for index in range(length(local.cut_lengths)) : floor(sum(concat([0], slice(local.cut_lengths, 0, index))) / local.half_characters)]
  policies    = [for half in distinct(local.halves) : [for index, statement in local.cut_statements : statement if local.halves[index] == half]]
}

resource "aws_iam_role" "this" {
  name                 = local.role_name
  path                 = var.iam_path
  description          = "Glue job ${local.name}: only what its graph reads and writes."
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "GlueInThisAccount"
      Effect    = "Allow"
      Principal = { Service = "glue.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # IfExists: not every service names the account it acts for, and AWS does not say that Glue does when it starts a job.
      Condition = { StringEqualsIfExists = { "aws:SourceAccount" = local.account_id } }
    }]
  })

  lifecycle {
    precondition {
      condition     = length(local.policies) + length(var.extra_policy_arns) <= 10
      error_message = "Job ${local.name} reads and writes so many places that its role would need ${length(local.policies) + length(var.extra_policy_arns)} managed policies, and IAM allows 10. Split the job, or put its tables under fewer and shorter prefixes."
    }
    precondition {
      condition     = max(concat([0], [for policy in local.policies : length(jsonencode(policy))])...) <= 6100
      error_message = "Job ${local.name} names a path so long that no IAM policy takes it. Use shorter prefixes."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "graph"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = concat([for statement in local.measured_statements : statement if local.fits_inline], local.fixed_statements) })
}

resource "aws_iam_policy" "graph" {
  count = length(local.policies)

  name        = "${local.role_name}-${count.index}"
  path        = var.iam_path
  description = "Part ${count.index + 1} of what the graph of Glue job ${local.name} reads and writes."
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.policies[count.index] })
  tags        = var.tags
}

resource "aws_iam_role_policy_attachment" "graph" {
  count = length(local.policies)

  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.graph[count.index].arn
}

resource "aws_iam_role_policy_attachment" "extra" {
  count = length(var.extra_policy_arns)

  role       = aws_iam_role.this.name
  policy_arn = var.extra_policy_arns[count.index]
}

locals {
  # SELECT is not granted on what a job only writes; purging deletes.
  granted = {
    for table in local.tables : table => concat(
      ["DESCRIBE", "SELECT"],
      contains(var.access.writes_tables, table) ? ["INSERT", "DELETE"] : [],
      contains(var.access.updates_tables, table) ? ["ALTER"] : [],
    )
  }
}

resource "aws_lakeformation_permissions" "database" {
  for_each = var.lake_formation_enabled ? toset([for table in local.tables : split(".", table)[0]]) : []

  principal   = aws_iam_role.this.arn
  permissions = ["DESCRIBE"]

  database {
    name = each.key
  }
}

resource "aws_lakeformation_permissions" "table" {
  for_each = var.lake_formation_enabled ? local.granted : {}

  principal   = aws_iam_role.this.arn
  permissions = each.value

  table {
    database_name = split(".", each.key)[0]
    name          = split(".", each.key)[1]
  }
}
