"""The rule planner's and the size predictor's parts."""
