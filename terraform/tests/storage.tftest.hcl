mock_provider "aws" {}

variables {
  buckets = {
    trusted = { name = "lake-trusted", versioned = true }
    results = { name = "lake-results", versioned = false, expiring_after_days = { "query-results/" = 30 } }
  }
  force_destroy           = false
  kms_key_arn             = null
  lifecycle_rules_enabled = true
  noncurrent_version_days = 14
  partition               = "aws-cn"
}

run "private_and_encrypted" {
  command = plan
  module {
    source = "./modules/storage"
  }

  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets]) && length(aws_s3_bucket_public_access_block.this) == 2
    error_message = "Every bucket must block public access in all four ways."
  }
  assert {
    condition     = alltrue([for controls in aws_s3_bucket_ownership_controls.this : controls.rule[0].object_ownership == "BucketOwnerEnforced"]) && length(aws_s3_bucket_ownership_controls.this) == 2
    error_message = "Every bucket must have ACLs switched off."
  }
  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(one(encryption.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"]) && length(aws_s3_bucket_server_side_encryption_configuration.this) == 2
    error_message = "Without a key of the customer's, S3's own must encrypt."
  }
  assert {
    condition     = alltrue([for policy in aws_s3_bucket_policy.this : jsondecode(policy.policy).Statement[0].Effect == "Deny" && jsondecode(policy.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"]) && length(aws_s3_bucket_policy.this) == 2
    error_message = "Every bucket must refuse connections without TLS."
  }
  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this["trusted"].policy).Statement[0].Resource == ["arn:aws-cn:s3:::lake-trusted", "arn:aws-cn:s3:::lake-trusted/*"]
    error_message = "The policy must cover the bucket and its objects, in the partition of the account."
  }
}

run "versions" {
  command = plan
  module {
    source = "./modules/storage"
  }

  assert {
    condition     = keys(aws_s3_bucket_versioning.this) == ["trusted"] && aws_s3_bucket_versioning.this["trusted"].versioning_configuration[0].status == "Enabled"
    error_message = "Old versions are kept exactly where that was asked for."
  }
  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this["trusted"].rule : rule.noncurrent_version_expiration[0].noncurrent_days if rule.id == "old-versions"] == [14]
    error_message = "Old versions must go after noncurrent_version_days."
  }
  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this["results"].rule : [rule.filter[0].prefix, rule.expiration[0].days] if startswith(rule.id, "expire-")] == [["query-results/", 30]]
    error_message = "Only the query results expire."
  }
  assert {
    condition     = alltrue([for bucket in aws_s3_bucket_lifecycle_configuration.this : contains(bucket.rule[*].id, "unfinished-uploads")])
    error_message = "Every bucket must clean up unfinished uploads."
  }
  assert {
    condition     = !contains(aws_s3_bucket_lifecycle_configuration.this["results"].rule[*].id, "old-versions")
    error_message = "A bucket without versions needs no rule on them."
  }
}

run "key_of_the_customer" {
  command = plan
  module {
    source = "./modules/storage"
  }
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(one(encryption.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn && one(one(encryption.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(encryption.rule).bucket_key_enabled])
    error_message = "With a key, every bucket must use it, with a bucket key against a KMS call per object."
  }
}

run "names_and_existing_buckets" {
  command = plan
  module {
    source = "./modules/storage"
  }
  variables {
    name_prefix      = "lake"
    account_id       = "111122223333"
    region           = "cn-north-1"
    buckets          = { landing = {}, athena_results = {}, assets = {} }
    existing_buckets = { assets = "acme-assets" }
    access_logs      = { bucket = "acme-logs" }
  }

  assert {
    condition     = output.names == { landing = "lake-landing-111122223333-cn-north-1", athena_results = "lake-athena-results-111122223333-cn-north-1", assets = "acme-assets" } && keys(aws_s3_bucket.this) == ["athena_results", "landing"]
    error_message = "Names follow prefix, account and region, and a bucket that is there already is used as it is."
  }
  assert {
    condition     = { for key, logging in aws_s3_bucket_logging.this : key => "${logging.target_bucket}/${logging.target_prefix}" } == { landing = "acme-logs/s3-access/lake-landing-111122223333-cn-north-1/", athena_results = "acme-logs/s3-access/lake-athena-results-111122223333-cn-north-1/" }
    error_message = "Access logs go where they were asked for, a folder a bucket."
  }
}

run "another_encryption_is_denied" {
  command = plan
  module {
    source = "./modules/storage"
  }

  assert {
    condition     = { for statement in jsondecode(aws_s3_bucket_policy.this["trusted"].policy).Statement : statement.Sid => statement.Condition if statement.Action == "s3:PutObject" } == { DenyOtherAlgorithm = { StringNotEquals = { "s3:x-amz-server-side-encryption" = "AES256" }, Null = { "s3:x-amz-server-side-encryption" = "false" } }, DenyOtherOwnKey = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } } }
    error_message = "A request that asks for another encryption must be denied, and one that asks for none must not."
  }
}

run "no_lifecycle_rules" {
  command = plan
  module {
    source = "./modules/storage"
  }
  variables {
    lifecycle_rules_enabled = false
  }

  assert {
    condition     = length(aws_s3_bucket_lifecycle_configuration.this) == 0
    error_message = "lifecycle_rules_enabled = false must leave the rules out."
  }
}

run "refuses_a_bucket_name_that_s3_refuses" {
  command = plan
  module {
    source = "./modules/storage"
  }
  variables {
    buckets = { trusted = { name = "Lake_Trusted", versioned = true } }
  }
  expect_failures = [var.buckets]
}

run "refuses_a_prefix_that_would_match_others" {
  command = plan
  module {
    source = "./modules/storage"
  }
  variables {
    buckets = { results = { name = "lake-results", versioned = false, expiring_after_days = { "query" = 30 } } }
  }
  expect_failures = [var.buckets]
}
