"""Ask VPC Reachability Analyzer about the paths of a CSV file; its columns are parameters of CreateNetworkInsightsPath."""

import csv
import json
import sys
import time

import boto3

ec2 = boto3.client("ec2")


def analysis_of(path_id):
    started = ec2.start_network_insights_analysis(NetworkInsightsPathId=path_id)["NetworkInsightsAnalysis"]
    analysis_id = started["NetworkInsightsAnalysisId"]
    while True:
        found = ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=[analysis_id])
        (analysis,) = found["NetworkInsightsAnalyses"]
        if analysis["Status"] != "running":
            ec2.delete_network_insights_analysis(NetworkInsightsAnalysisId=analysis_id)
            return analysis
        time.sleep(1)


for row in csv.DictReader(sys.stdin):
    given = {name: value for name, value in row.items() if value}
    path = ec2.create_network_insights_path(**{**given, "DestinationPort": int(given["DestinationPort"])})
    path_id = path["NetworkInsightsPath"]["NetworkInsightsPathId"]
    analysis = analysis_of(path_id)
    ec2.delete_network_insights_path(NetworkInsightsPathId=path_id)
    codes = [one["ExplanationCode"] for one in analysis.get("Explanations", ())]
    print(json.dumps({**given, "found": analysis.get("NetworkPathFound"), "codes": codes}))
