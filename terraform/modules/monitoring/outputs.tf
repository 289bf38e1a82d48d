output "topic_arn" {
  description = "ARN of the topic that is told of failed jobs."
  value       = aws_sns_topic.this.arn
}
