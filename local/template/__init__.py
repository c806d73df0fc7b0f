"""Reads template.yaml and infra/: what CloudFormation would make of them."""
