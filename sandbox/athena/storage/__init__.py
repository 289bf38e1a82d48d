"""What tables hold: objects in S3, read through SerDes, partition by partition."""
