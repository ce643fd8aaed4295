"""Choosing among boxes: small pure steps that the select stage puts together.

Evidence is additive and in natural-log units throughout, so that detector belief, colour,
place and relation can be weighed against each other; larger is better.
"""
