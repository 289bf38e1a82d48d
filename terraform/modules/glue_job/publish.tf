# The provider cannot set the graph (hashicorp/terraform-provider-aws issue 40625), and its UpdateJob makes a visual
# job a script job. So the graph is published after each change to the job file, the script or the job itself.

locals {
  # Where the package is: in the project, or in the checkout that this module is part of.
  checkout    = "${path.module}/../../.."
  found       = concat([for folder in [var.publish.project_dir, local.checkout] : folder if fileexists("${folder}/glue_studio/__init__.py")], [var.publish.project_dir])[0]
  package_dir = abspath(coalesce(var.publish.package_dir, local.found))
  python      = coalesce(var.publish.python, "${local.package_dir}/.venv/bin/python")

  # A script that Glue words otherwise than the reviewed one is no reason to leave the rest undeployed: the report and
  # `glue_studio drift` tell of it. Credentials of another account than the provider's are refused before anything is sent.
  publish = concat(
    ["-m", "glue_studio", "publish", "--any-script", "--account", local.account_id, "--region", local.region],
    var.publish.profile == null ? [] : ["--profile", var.publish.profile],
    var.publish.role_arn == null ? [] : ["--assume-role", var.publish.role_arn],
  )

  # Whatever of it a plan can know: only a virtual environment shows what it holds.
  environment_dir = dirname(dirname(local.python))
  is_environment  = fileexists("${local.environment_dir}/pyvenv.cfg")
  missing_packages = [
    for package in ["botocore", "glue_studio"] : package
    if local.is_environment && !fileexists("${local.package_dir}/${package}/__init__.py") && length(fileset(local.environment_dir, "lib/python3*/site-packages/${package}/__init__.py")) == 0
  ]
}

resource "terraform_data" "publish" {
  count = var.publish.enabled ? 1 : 0

  triggers_replace = {
    arn    = aws_glue_job.this.arn # not known, and so a change, when the job must be made again
    job    = sha256(jsonencode(local.job))
    script = aws_s3_object.script.source_hash
  }

  provisioner "local-exec" {
    # No shell: the job's name is one argument, whatever it contains.
    interpreter = concat([local.python], local.publish, ["--project", abspath(var.publish.project_dir)])
    command     = local.name
    working_dir = local.package_dir
    environment = {
      AWS_REGION         = local.region
      AWS_DEFAULT_REGION = local.region
    }
  }

  lifecycle {
    replace_triggered_by = [aws_glue_job.this]

    precondition {
      # Terraform knows no PATH, so a name alone could not be checked before the apply.
      condition     = fileexists(local.python)
      error_message = "There is no ${local.python} to publish graphs with. Run `make setup`, give the path of another Python, or set publish.enabled to false and publish in a step of its own."
    }
    precondition {
      condition     = length(local.missing_packages) == 0
      error_message = "${local.python} has no ${join(" and no ", local.missing_packages)}, without which no graph can be published. Run `make setup`, give the path of another Python, or set publish.enabled to false and publish in a step of its own."
    }
  }
}
