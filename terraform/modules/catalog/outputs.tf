output "database" {
  description = "Name of the database."
  value       = aws_glue_catalog_database.this.name
}

output "database_arn" {
  description = "ARN of the database."
  value       = aws_glue_catalog_database.this.arn
}

output "locations" {
  description = "S3 URI of each table's files, ending in /."
  value       = { for name, table in aws_glue_catalog_table.table : name => table.storage_descriptor[0].location }
}

output "views" {
  description = "Names of the views."
  value       = sort([for view in aws_glue_catalog_table.view : view.name])
}

output "table_arns" {
  description = "ARN of each table."
  value       = { for name, table in aws_glue_catalog_table.table : name => table.arn }
}
