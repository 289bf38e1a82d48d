output "account_id" {
  description = "Account of the deployment."
  value       = module.identity.account_id
}

output "region" {
  description = "Region of the deployment."
  value       = module.identity.region
}

output "database" {
  description = "Database of the tables that no folder puts into another."
  value       = module.catalog[local.database].database
}

output "databases" {
  description = "ARNs of the databases, by name."
  value       = { for name, catalog in module.catalog : name => catalog.database_arn }
}

output "tables" {
  description = "Tables by name (of a database beside the main one: `<database>.<table>`): database, zone, format, location (an S3 URI that ends in /) and ARN."
  value = {
    for table in local.tables : table.database == local.database ? table.name : "${table.database}.${table.name}" => {
      database = table.database
      zone     = table.zone
      format   = table.format
      location = module.catalog[table.database].locations[table.name]
      arn      = module.catalog[table.database].table_arns[table.name]
    }
  }
}

output "views" {
  description = "Views in the database."
  value       = module.catalog[local.database].views
}

output "jobs" {
  description = "Jobs by name: ARN, role, log groups, what they read, write and wait for, and the policy that follows from it."
  value = {
    for name, job in module.glue_job : name => {
      name            = job.name
      arn             = job.arn
      role_arn        = job.role_arn
      log_group_names = job.log_group_names
      reads           = local.reads_s3[name]
      writes          = local.targets[name]
      after           = local.predecessors[name]
      statements      = job.statements
    }
  }
}

output "publish_command" {
  description = "Publishes the graphs of all jobs; for a pipeline step where publish.enabled is false."
  value       = "python -m glue_studio publish --any-script --account ${local.account_id} --region ${local.region}"
}

output "workflow" {
  description = "Glue workflow that runs all jobs."
  value       = module.workflow.name
}

output "workflow_arn" {
  description = "ARN of the workflow."
  value       = module.workflow.arn
}
