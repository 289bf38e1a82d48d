output "region" {
  description = "Region of the deployment."
  value       = data.aws_region.current.id
}

output "account_id" {
  description = "Account of the deployment."
  value       = module.pipeline.account_id
}

output "database" {
  description = "Data Catalog database."
  value       = module.pipeline.database
}

output "tables" {
  description = "Tables by name: zone, format, location."
  value       = module.pipeline.tables
}

output "workflow" {
  description = "Glue workflow that runs all jobs."
  value       = module.pipeline.workflow
}

output "workgroup" {
  description = "Athena work group."
  value       = module.athena.workgroup
}

output "athena_results_location" {
  description = "S3 URI under which Athena writes query results."
  value       = module.athena.results_location
}

output "publish_command" {
  description = "Publishes the graphs of all jobs."
  value       = module.pipeline.publish_command
}

output "validation_role_arn" {
  description = "Role for the validation report."
  value       = module.validation_role.arn
}
