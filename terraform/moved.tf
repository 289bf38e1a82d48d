# Where the resources of deployments from before modules/pipeline are now.

moved {
  from = module.glue_job
  to   = module.pipeline.module.glue_job
}

moved {
  from = module.catalog
  to   = module.pipeline.module.catalog["stedi"]
}

moved {
  from = module.workflow
  to   = module.pipeline.module.workflow
}

moved {
  from = aws_glue_security_configuration.this
  to   = module.pipeline.aws_glue_security_configuration.this
}

moved {
  from = terraform_data.pipeline
  to   = module.pipeline.terraform_data.pipeline
}

# Each job has log groups of its own now. What the jobs logged before stays until it expires.
removed {
  from = module.monitoring.aws_cloudwatch_log_group.this

  lifecycle {
    destroy = false
  }
}
