output "account_id" {
  description = "Account of the deployment."
  value       = module.comparison.deployment.account_id
}

output "region" {
  description = "Region of the deployment."
  value       = module.comparison.deployment.region
}

output "name_prefix" {
  description = "First part of every name of the deployment."
  value       = module.comparison.deployment.name_prefix
}
