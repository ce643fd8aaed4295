"""Reads English instructions without a language model: spaCy's tagger and rules.

``tokens`` cuts the text, ``spelling`` mends it, ``tagging`` tags it, ``segments`` finds the
clauses, ``clauses`` reads each (``imperatives``, ``changing``, ``placing``, ``predicates`` for
the verbs; ``nouns``, ``openings``, ``modifiers``, ``directions`` for the things), ``repeats``
and ``building`` resolve pronouns and make the clauses, ``direct`` words the short instruction.
"""

from .parser import NOTHING_ASKED, RulesParser

__all__ = ["NOTHING_ASKED", "RulesParser"]
