"""Backends that ask a language model through the port ``ChatModel``.

What a model answers is data from outside: it is read against a form, checked against the
picture's own graph, and can only become the nouns of ``core``. Prompts are files below
``prompts/`` with a version in their names.
"""
