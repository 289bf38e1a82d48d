# Each module with the provider itself and made-up keys: it knows its arguments and what may stand in them, which a mock
# does not. Nothing is asked of AWS.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "made-up"
  secret_key                  = "made-up"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

run "storage" {
  command = plan
  module {
    source = "./modules/storage"
  }
  variables {
    buckets     = { trusted = {}, results = { versioned = false, expiring_after_days = { "query-results/" = 30 } } }
    access_logs = { bucket = "acme-logs" }
    account_id  = "111122223333"
    partition   = "aws"
    region      = "eu-west-1"
  }
}

run "catalog" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    database = "lake"
    tables   = { raw = { format = "json", location = "s3://lake-landing/raw/", columns = [{ name = "id", type = "bigint" }] } }
    views    = { shown = { sql = "SELECT id FROM raw", columns = [{ name = "id", type = "bigint" }] } }
  }
}

run "glue_job" {
  command = plan
  module {
    source = "./modules/glue_job"
  }
  variables {
    job_file               = "tests/fixtures/jobs/whole.json"
    script_file            = "tests/fixtures/script.py"
    access                 = { reads_tables = ["lake.raw"], reads_s3 = ["s3://lake-landing/raw/"], connections = { network = {} } }
    name_prefix            = "lake"
    assets_bucket          = "lake-assets"
    account_id             = "111122223333"
    partition              = "aws"
    region                 = "eu-west-1"
    lake_formation_enabled = true
    publish                = { project_dir = ".", enabled = false }
  }
}

run "workflow" {
  command = plan
  module {
    source = "./modules/workflow"
  }
  variables {
    name         = "lake"
    predecessors = { a = [], b = ["a"] }
    schedule     = "cron(0 5 * * ? *)"
  }
}

run "athena" {
  command = plan
  module {
    source = "./modules/athena"
  }
  variables {
    name    = "lake"
    bucket  = "lake-results"
    queries = { all = { database = "lake", sql = "SELECT 1" } }
  }
}

run "monitoring" {
  command = plan
  module {
    source = "./modules/monitoring"
  }
  variables {
    name_prefix         = "lake"
    job_names           = ["a"]
    account_id          = "111122223333"
    partition           = "aws"
    region              = "eu-west-1"
    budget              = { monthly_usd = 50, tag_value = "lake" }
    dashboard_enabled   = true
    hours_without_run   = 24
    kms_key_arn         = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    notification_emails = ["data@example.com"]
    workgroup           = "lake"
  }
}

run "kms" {
  command = plan
  module {
    source = "./modules/kms"
  }
  variables {
    name_prefix = "lake"
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }
}

run "validation_role" {
  command = plan
  module {
    source = "./modules/validation_role"
  }
  variables {
    name_prefix    = "lake"
    zones          = ["lake-raw"]
    assets_bucket  = "lake-assets"
    results_bucket = "lake-results"
    databases      = ["lake"]
    job_names      = ["a"]
    workgroup      = "lake"
    principal_arns = ["arn:aws:iam::111122223333:role/analyst"]
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }
}

run "pipeline" {
  command = plan
  module {
    source = "./modules/pipeline"
  }
  variables {
    name_prefix                = "stedi"
    project_dir                = ".."
    zones                      = { for zone in ["landing", "trusted", "curated"] : zone => "stedi-${zone}" }
    assets_bucket              = "stedi-assets"
    catalog_encryption_enabled = true
    kms_key_arn                = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    publish                    = { enabled = false }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }
}
