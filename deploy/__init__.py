"""Deploy the lakehouse: Terraform apply, landing data, workflow, report.

Needs AWS credentials, or the environment that `python -m sandbox up` prints. Gives exit code
0 only when the validation report passed. `python -m deploy --help` shows the commands.
"""
