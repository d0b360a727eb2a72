"""Hypothesis strategies for small clouds of APIs, as CloudFormation templates, and for questions about them.

A template is drawn part by part, each most often without a fault. Everything that is drawn can be deployed on AWS.
"""
