"""What the sandbox's awsglue stands on; it is not part of the AWS Glue API, and no job imports it."""
