# What the deployment was born with. The state keeps it, whatever is asked for later.
resource "terraform_data" "this" {
  input = {
    account_id  = var.account_id
    region      = var.region
    name_prefix = var.name_prefix
  }

  lifecycle {
    ignore_changes = [input]
  }
}

# A module of its own, since Terraform looks at the inputs of a module before every plan, a destroy's too; it looks at a
# resource's preconditions before an apply only, and a destroy in another region would forget what it does not find there.
module "comparison" {
  source = "./comparison"

  recorded = terraform_data.this.output
  wanted = {
    account_id  = var.account_id
    region      = var.region
    name_prefix = var.name_prefix
  }
}
