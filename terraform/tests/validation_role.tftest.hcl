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

variables {
  name_prefix    = "lake"
  zones          = ["lake-raw", "lake-clean"]
  assets_bucket  = "lake-assets"
  results_bucket = "lake-results"
  databases      = ["lake"]
  job_names      = ["clean"]
  workgroup      = "lake"
  principal_arns = ["arn:aws:iam::111122223333:role/analyst"]
}

run "reads_and_writes_nothing_but_results" {
  command = plan
  module {
    source = "./modules/validation_role"
  }

  assert {
    condition     = flatten([for statement in local.statements : statement.Resource if anytrue([for action in statement.Action : can(regex(":(Put|Delete|Create|Update|Start)", action))])]) == ["arn:aws:s3:::lake-results/query-results/*", "arn:aws:s3:::lake-results/validation-history/*", "arn:aws:athena:eu-west-1:111122223333:workgroup/lake"]
    error_message = "The role may write results and history, and start queries in its work group, and nothing else."
  }
  assert {
    condition     = !anytrue(flatten([for statement in local.statements : [for resource in statement.Resource : resource == "*"]])) && !anytrue([for action in flatten([for statement in local.statements : statement.Action]) : strcontains(action, "*")])
    error_message = "Nothing may be allowed anywhere, and no action be a wildcard."
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal.AWS == ["arn:aws:iam::111122223333:role/analyst"] && length(jsondecode(aws_iam_role.this.assume_role_policy).Statement) == 1
    error_message = "Only the given principals may assume the role."
  }
}

run "a_repository_may_assume_it" {
  command = plan
  module {
    source = "./modules/validation_role"
  }
  variables {
    principal_arns = []
    oidc = {
      provider_arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
      subjects     = ["repo:acme/lake:ref:refs/heads/main"]
    }
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == { StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }, StringLike = { "token.actions.githubusercontent.com:sub" = ["repo:acme/lake:ref:refs/heads/main"] } }
    error_message = "Only the given repository's workflows may assume the role."
  }
}

run "refuses_every_repository" {
  command = plan
  module {
    source = "./modules/validation_role"
  }
  variables {
    oidc = { provider_arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", subjects = ["*"] }
  }
  expect_failures = [var.oidc]
}

run "refuses_a_role_for_nobody" {
  command = plan
  module {
    source = "./modules/validation_role"
  }
  variables {
    principal_arns = []
  }
  expect_failures = [aws_iam_role.this]
}

run "refuses_a_principal_that_is_none" {
  command = plan
  module {
    source = "./modules/validation_role"
  }
  variables {
    principal_arns = ["*"]
  }
  expect_failures = [var.principal_arns]
}
