terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.100, < 7.0" }
  }
}

variable "force_destroy" { default = false }
variable "lifecycle_rules_enabled" { default = true }

module "storage" {
  source                  = "../../../modules/storage"
  name_prefix             = "orders"
  buckets                 = { raw = {}, clean = {}, assets = {}, results = { versioned = false } }
  force_destroy           = var.force_destroy
  lifecycle_rules_enabled = var.lifecycle_rules_enabled
}

module "pipeline" {
  source        = "../../../modules/pipeline"
  name_prefix   = "orders"
  project_dir   = "${path.module}/.."
  zones         = module.storage.names
  assets_bucket = module.storage.names["assets"]
}

module "athena" {
  source        = "../../../modules/athena"
  name          = "orders"
  bucket        = module.storage.names["results"]
  force_destroy = var.force_destroy
}

output "region" { value = module.pipeline.region }
output "account_id" { value = module.pipeline.account_id }
output "database" { value = module.pipeline.database }
output "tables" { value = module.pipeline.tables }
output "workflow" { value = module.pipeline.workflow }
output "workgroup" { value = module.athena.workgroup }
output "athena_results_location" { value = module.athena.results_location }
