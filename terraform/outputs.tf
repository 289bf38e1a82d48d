output "region" {
  description = "Region of the deployment."
  value       = module.pipeline.region
}

output "account_id" {
  description = "Account of the deployment."
  value       = module.pipeline.account_id
}

output "environment" {
  description = "Name of the environment."
  value       = local.environment
}

output "database" {
  description = "Data Catalog database."
  value       = module.pipeline.database
}

output "workgroup" {
  description = "Athena work group, which enforces result location, encryption and the limit on bytes scanned."
  value       = module.athena.workgroup
}

output "workflow" {
  description = "Glue workflow that runs all jobs."
  value       = module.pipeline.workflow
}

output "buckets" {
  description = "Bucket names: landing, trusted, curated, assets, athena_results."
  value       = module.storage.names
}

output "tables" {
  description = "Per table: zone, format (json or parquet) and location (an S3 URI that ends in /)."
  value = {
    for name, table in module.pipeline.tables : name => { zone = table.zone, format = table.format, location = table.location }
  }
}

output "views" {
  description = "Views in the database."
  value       = module.pipeline.views
}

output "landing_prefixes" {
  description = "Where landing data is uploaded to: an S3 URI that ends in / for each of customer, accelerometer and step_trainer."
  value       = { for name, table in module.pipeline.tables : trimsuffix(name, "_landing") => table.location if table.zone == "landing" }
}

output "athena_results_location" {
  description = "S3 URI under which Athena writes query results."
  value       = module.athena.results_location
}

output "jobs" {
  description = "Names of the Glue jobs."
  value       = sort(values(module.pipeline.jobs)[*].name)
}

output "notifications_topic_arn" {
  description = "SNS topic that is told of failed jobs."
  value       = module.monitoring.topic_arn
}
