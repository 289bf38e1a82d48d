# What the root tells the validation and people of a deployment.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1" }
  }
}

run "outputs" {
  command = plan

  assert {
    condition = output.buckets == {
      landing        = "stedi-landing-111122223333-eu-west-1"
      trusted        = "stedi-trusted-111122223333-eu-west-1"
      curated        = "stedi-curated-111122223333-eu-west-1"
      assets         = "stedi-assets-111122223333-eu-west-1"
      athena_results = "stedi-athena-results-111122223333-eu-west-1"
    }
    error_message = "A bucket is called <name_prefix>-<zone>-<account>-<region>."
  }
  assert {
    condition     = output.tables["customers_curated"] == { zone = "curated", format = "parquet", location = "s3://stedi-curated-111122223333-eu-west-1/customers_curated/" }
    error_message = "customers_curated is Parquet in the curated bucket."
  }
  assert {
    condition     = sort(keys(output.tables)) == sort(["customer_landing", "accelerometer_landing", "step_trainer_landing", "customer_trusted", "accelerometer_trusted", "step_trainer_trusted", "customers_curated", "machine_learning_curated"])
    error_message = "There are eight tables."
  }
  assert {
    condition     = output.landing_prefixes == { customer = "s3://stedi-landing-111122223333-eu-west-1/customer_landing/", accelerometer = "s3://stedi-landing-111122223333-eu-west-1/accelerometer_landing/", step_trainer = "s3://stedi-landing-111122223333-eu-west-1/step_trainer_landing/" }
    error_message = "Landing data goes where the landing tables look for it."
  }
  assert {
    condition     = output.jobs == tolist(["accelerometer_trusted", "customer_trusted", "customers_curated", "machine_learning_curated", "step_trainer_trusted"])
    error_message = "There are five jobs."
  }
  assert {
    condition     = output.database == "stedi" && output.workgroup == "stedi" && output.workflow == "stedi"
    error_message = "Database, work group and workflow are called stedi."
  }
  assert {
    condition     = output.athena_results_location == "s3://stedi-athena-results-111122223333-eu-west-1/query-results/"
    error_message = "Query results have a prefix of their own beside the validation history."
  }
  assert {
    condition     = output.environment == "dev"
    error_message = "The default workspace is the environment dev."
  }
}

run "names_follow_the_prefix" {
  command = plan

  variables {
    name_prefix = "acme-lake"
    environment = "test"
  }

  assert {
    condition     = output.buckets["landing"] == "acme-lake-landing-111122223333-eu-west-1" && output.workgroup == "acme-lake" && output.workflow == "acme-lake" && output.environment == "test"
    error_message = "name_prefix and environment must reach the names."
  }
  assert {
    condition     = output.tables["customer_landing"].location == "s3://acme-lake-landing-111122223333-eu-west-1/customer_landing/"
    error_message = "Tables must follow their bucket."
  }
}
