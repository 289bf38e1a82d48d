output "region" {
  description = "Region of the deployment."
  value       = local.region
}

output "account_id" {
  description = "Account of the deployment."
  value       = local.account_id
}

output "environment" {
  description = "Name of the environment."
  value       = local.environment
}

output "database" {
  description = "Data Catalog database."
  value       = module.catalog.database
}

output "workgroup" {
  description = "Athena work group, which enforces result location, encryption and the limit on bytes scanned."
  value       = module.athena.workgroup
}

output "workflow" {
  description = "Glue workflow that runs all jobs."
  value       = module.workflow.name
}

output "buckets" {
  description = "Bucket names: landing, trusted, curated, assets, athena_results."
  value       = module.storage.names
}

output "tables" {
  description = "Per table: zone, format (json or parquet) and location (an S3 URI that ends in /)."
  value = {
    for name, table in local.tables : name => {
      zone     = table.zone
      format   = table.format
      location = module.catalog.locations[name]
    }
  }
}

output "views" {
  description = "Views in the database."
  value       = module.catalog.views
}

output "landing_prefixes" {
  description = "Where landing data is uploaded to: an S3 URI that ends in / for each of customer, accelerometer and step_trainer."
  value       = { for name, table in local.tables : trimsuffix(name, "_landing") => module.catalog.locations[name] if table.zone == "landing" }
}

output "athena_results_location" {
  description = "S3 URI under which Athena writes query results."
  value       = module.athena.results_location
}

output "jobs" {
  description = "Names of the Glue jobs."
  value       = sort([for job in module.glue_job : job.name])
}

output "notifications_topic_arn" {
  description = "SNS topic that is told of failed jobs."
  value       = module.monitoring.topic_arn
}
