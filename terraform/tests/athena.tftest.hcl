mock_provider "aws" {}

variables {
  name                 = "lake"
  description          = "For the test."
  bucket               = "lake-results"
  bytes_scanned_cutoff = 20971520
  expected_owner       = "111122223333"
  force_destroy        = false
  kms_key_arn          = null
}

run "work_group" {
  command = plan
  module {
    source = "./modules/athena"
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].enforce_workgroup_configuration && aws_athena_workgroup.this.configuration[0].publish_cloudwatch_metrics_enabled && !aws_athena_workgroup.this.configuration[0].requester_pays_enabled
    error_message = "The work group's settings must win over a client's, be measured, and pay for nobody else's bucket."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].bytes_scanned_cutoff_per_query == 20971520
    error_message = "A query must stop at the limit."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].output_location == "s3://lake-results/query-results/" && output.results_location == "s3://lake-results/query-results/"
    error_message = "Results must go to their own prefix."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].expected_bucket_owner == "111122223333"
    error_message = "Results must not go to a bucket that somebody else took over."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_S3"
    error_message = "Without a key, S3's own must encrypt results."
  }
}

run "key_of_the_customer" {
  command = plan
  module {
    source = "./modules/athena"
  }
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS" && aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == var.kms_key_arn
    error_message = "With a key, results must be encrypted with it."
  }
}
