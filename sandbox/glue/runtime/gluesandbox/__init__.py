"""What the sandbox's awsglue stands on; no part of the AWS Glue API, and no job imports it."""
