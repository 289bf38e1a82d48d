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

output "job_arns" {
  description = "ARNs of the Glue jobs, by name."
  value       = { for name, job in module.pipeline.jobs : name => job.arn }
}

output "role_arns" {
  description = "ARNs of the jobs' roles, by job."
  value       = { for name, job in module.pipeline.jobs : name => job.role_arn }
}

output "validation_role_arn" {
  description = "ARN of the role for the validation report; null where nobody may assume one."
  value       = one(module.validation_role[*].arn)
}

output "kms_key_arn" {
  description = "ARN of the key that encrypts everything; null where S3 and CloudWatch use their own."
  value       = local.kms_key_arn
}

output "publish_command" {
  description = "Publishes the graphs of all jobs, where publish.enabled is false."
  value       = module.pipeline.publish_command
}

output "notifications_topic_arn" {
  description = "SNS topic that is told of failed jobs."
  value       = module.monitoring.topic_arn
}
