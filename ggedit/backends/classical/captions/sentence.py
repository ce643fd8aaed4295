"""One parsed caption and the facts in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ggedit.core.facts import Facts, Link, Mention

from .words import (
    ADJECTIVES,
    ANIMATE,
    CLOTHES,
    COLOURS,
    CONTAINERS,
    FRAMES,
    GROUPS,
    LEMMAS,
    MATERIALS,
    NAMES,
    NUMBERS,
    PARTS,
    PEOPLE,
    PLACES,
    PREPOSITIONS,
    STAND_IN,
)

Token = Any


class Sentence:
    """Collects things and links from a spaCy ``Doc``."""

    def __init__(self, doc: Any, phrases: Iterator[str]) -> None:
        self._doc = doc
        self._phrases = dict(zip((t.i for t in doc if t.text == STAND_IN), phrases, strict=False))
        self._rows: dict[int, int] = {}
        self._names: list[str] = []
        self._attributes: list[list[str]] = []
        self._links: list[Link] = []

    def facts(self) -> Facts:
        """The things in order of mention with all that is said of them."""
        for token in self._doc:
            if self._is_thing(token):
                self._row(token)
        for token in self._doc:
            self._describe(token)
            self._relate(token)
        things = tuple(
            Mention(name, tuple(dict.fromkeys(words)), animate=name.split()[-1] in ANIMATE)
            for name, words in zip(self._names, self._attributes, strict=True)
        )
        return Facts(things, tuple(dict.fromkeys(self._links)))

    # things --------------------------------------------------------------------------------

    def _is_thing(self, token: Token) -> bool:
        if token.dep_ == "compound" and token.head.pos_ in ("NOUN", "PROPN"):
            return False
        if token.pos_ == "PRON":
            return token.text in PEOPLE and self._antecedent(token) is None
        return token.pos_ in ("NOUN", "PROPN") and not self._stands_for(token) and not self._in_locution(token)

    def _row(self, token: Token) -> int:
        token = self._meant(token)
        if token.i not in self._rows:
            self._rows[token.i] = len(self._names)
            self._names.append("people" if token.text in PEOPLE else _name(token))
            self._attributes.append([])
        return self._rows[token.i]

    def _meant(self, token: Token) -> Token:
        """The thing behind a group word or a pronoun: "herd of zebras" -> zebras."""
        inner = self._stands_for(token)
        if inner is not None:
            return self._meant(inner)
        if token.pos_ == "PRON":
            return self._antecedent(token) or token
        return token

    def _stands_for(self, token: Token) -> Token | None:
        if token.text not in GROUPS:
            return None
        of = next((c for c in token.children if c.dep_ == "prep" and c.text == "of"), None)
        return _object(of) if of is not None else None

    def _antecedent(self, token: Token) -> Token | None:
        """The last noun before a pronoun that is its verb's subject or the sentence's root."""
        if token.tag_ in ("WDT", "WP") or token.text in ("that", "which", "who"):
            return token.head.head if token.head.dep_ == "relcl" else None
        before = [t for t in self._doc[: token.i] if t.pos_ in ("NOUN", "PROPN") and t.dep_ != "compound"]
        if token.text in ("it", "its", "them", "itself") and before:
            return before[0]
        if token.text in ("he", "she", "him", "her", "they", "himself", "herself"):
            return next((t for t in before if t.text in ANIMATE), None)
        return None

    def _in_locution(self, token: Token) -> bool:
        """A place noun inside "on the side of X", or a frame without anything of it."""
        if token.text in FRAMES and token.dep_ in ("ROOT", "pobj"):
            return any(c.dep_ == "prep" for c in token.children) and token.dep_ == "ROOT"
        return token.dep_ == "pobj" and _place_of(token) is not None

    # attributes ----------------------------------------------------------------------------

    def _describe(self, token: Token) -> None:
        if (
            token.dep_ in ("amod", "nummod", "compound", "nmod")
            and not _names(token)
            and token.head.pos_ in ("NOUN", "PROPN")
        ):
            for word in _attribute_words(token):
                self._add_attribute(token.head, word)
        elif token.dep_ in ("acomp", "attr") and token.head.lemma_ == "be" and token.pos_ == "ADJ":
            subject = _subject(token.head)
            if subject is not None:
                for word in (token, *_conjuncts(token)):
                    self._add_attribute(subject, word.text)
        elif token.dep_ in ("acl", "relcl") and token.pos_ == "ADJ":
            self._add_attribute(token.head, token.text)

    def _add_attribute(self, noun: Token, word: str) -> None:
        for each in (noun, *(_conjuncts(noun) if noun.pos_ == "PRON" else ())):
            if self._in_locution(each) or (self._stands_for(each) is not None and each.text in FRAMES):
                continue
            row = self._rows.get(self._meant(each).i)
            if row is not None:
                self._attributes[row].append(word)

    # links ---------------------------------------------------------------------------------

    def _relate(self, token: Token) -> None:
        if token.dep_ in ("prep", "agent", "dative") and token.pos_ in ("ADP", "SCONJ", "ADV", "ADJ", "VERB"):
            self._preposition(token)
        elif token.dep_ in ("dobj", "obj") and token.head.pos_ in ("VERB", "AUX"):
            self._object_of_verb(token)
        elif token.dep_ == "poss" and token.head.pos_ in ("NOUN", "PROPN"):
            if token.pos_ in ("NOUN", "PROPN"):
                self._link(token, "have", token.head)
        elif token.dep_ == "nsubjpass":
            self._passive(token)

    def _preposition(self, prep: Token) -> None:
        goal = _object(prep)
        if goal is None:
            return
        words = self._phrases.get(prep.i, str(prep.text))
        place = _place_of(goal)
        inner = next((c for c in prep.children if c.dep_ in ("prep", "pcomp") and c.pos_ == "ADP"), None)
        if place is not None:
            words, goal = f"{words} {goal.text} of", place
        elif inner is not None and _object(inner) is not None:
            words, goal = f"{words} {inner.text}", _object(inner)
        for target in (goal, *_conjuncts(goal)):
            self._prepositional(prep, words, target)

    def _prepositional(self, prep: Token, words: str, goal: Token) -> None:
        head = prep.head
        if head.pos_ in ("NOUN", "PROPN", "PRON"):
            self._noun_link(head, words, goal)
        elif head.lemma_ == "be":
            subject = _subject(head)
            if subject is not None:
                self._noun_link(subject, words, goal)
        elif head.pos_ in ("VERB", "ADJ", "ADV", "AUX"):
            self._verb_link(head, words, goal)

    def _noun_link(self, noun: Token, words: str, goal: Token) -> None:
        if words == "of":
            self._of(noun, goal)
        elif words == "in" and goal.text in CLOTHES and _is_animate(self._meant(noun)):
            self._link(noun, "wear", goal)
        elif words == "with" and goal.text in PARTS:
            self._link(noun, "have", goal)
        else:
            self._link(noun, _tidy(words), goal)

    def _of(self, noun: Token, goal: Token) -> None:
        if self._stands_for(noun) is not None:
            return
        if noun.text in CONTAINERS:
            self._link(goal, "in", noun)
        else:
            self._link(goal, "have", noun)

    def _verb_link(self, verb: Token, words: str, goal: Token) -> None:
        if any(c.dep_ in ("dobj", "obj") for c in verb.children) and words not in ("with",):
            return
        subject = self._actor(verb)
        if subject is None:
            return
        lemma = _lemma(verb)
        if words == "by" and _is_passive(verb):
            self._link(goal, _with_particle(verb), subject, interaction=True)
        elif lemma == "cover" and words in ("with", "in", "by") and _is_passive(verb):
            self._link(goal, "cover", subject)
        else:
            self._link(subject, _tidy(f"{_with_particle(verb)} {words}"), goal, interaction=_is_animate(subject))

    def _object_of_verb(self, token: Token) -> None:
        verb = token.head
        subject = self._actor(verb)
        if subject is None:
            return
        for target in (token, *_conjuncts(token)):
            self._link(subject, _with_particle(verb), target, interaction=_is_animate(subject))

    def _passive(self, token: Token) -> None:
        """A passive without agent or place is an attribute: "the door is closed"."""
        verb = token.head
        if not any(c.dep_ in ("agent", "prep", "prt") for c in verb.children):
            self._add_attribute(token, verb.text)

    def _actor(self, verb: Token) -> Token | None:
        """Who does it: the subject, the noun a participle belongs to, or the first verb's subject."""
        subject = _subject(verb)
        if subject is not None and subject.text in ("that", "which", "who"):
            return verb.head if verb.dep_ == "relcl" else None
        if subject is not None:
            return subject
        if verb.dep_ in ("acl", "relcl", "amod"):
            return verb.head if verb.head.pos_ in ("NOUN", "PROPN", "PRON") else None
        if verb.dep_ in ("conj", "xcomp", "advcl", "pcomp", "ccomp") and verb.head is not verb:
            return self._actor(verb.head) if verb.head.pos_ in ("VERB", "AUX") else None
        return None

    def _link(self, subject: Token, relation: str, goal: Token, *, interaction: bool = False) -> None:
        for one in (subject, *_conjuncts(subject)):
            first, second = self._rows.get(self._meant(one).i), self._rows.get(self._meant(goal).i)
            if first is not None and second is not None and first != second:
                self._links.append(Link(first, relation, second, interaction))


# words -------------------------------------------------------------------------------------


def _name(token: Token) -> str:
    parts = [c for c in token.lefts if (c.dep_ == "compound" and not _is_attribute(c)) or _names(c)]
    return " ".join([*(p.text for p in parts), token.text])


def _names(token: Token) -> bool:
    """Whether the word and its head are one name: "hot dog"."""
    return f"{token.text} {token.head.text}" in NAMES


def _is_attribute(token: Token) -> bool:
    return token.text in MATERIALS or token.text in COLOURS


def _attribute_words(token: Token) -> Iterator[str]:
    if token.dep_ == "nummod":
        if token.text != "one":
            yield NUMBERS.get(str(token.text), str(token.text))
    elif token.dep_ in ("compound", "nmod"):
        if _is_attribute(token):
            yield ADJECTIVES.get(str(token.text), str(token.text))
    elif token.text not in ("other", "another", "many", "several", "various", "same"):
        yield token.text
        yield from (c.text for c in _conjuncts(token) if c.pos_ in ("ADJ", "VERB", "NOUN"))


def _conjuncts(token: Token) -> list[Token]:
    found: list[Token] = []
    for child in token.children:
        if child.dep_ == "conj":
            found += [child, *_conjuncts(child)]
    return found


def _object(prep: Token) -> Token | None:
    return next((c for c in prep.children if c.dep_ in ("pobj", "obj") and c.pos_ in ("NOUN", "PROPN", "PRON")), None)


def _place_of(token: Token) -> Token | None:
    """What "side" is the side of, for nouns that make prepositions."""
    if token.text not in PLACES:
        return None
    of = next((c for c in token.children if c.dep_ == "prep" and c.text == "of"), None)
    return _object(of) if of is not None else None


def _subject(verb: Token) -> Token | None:
    return next((c for c in verb.children if c.dep_ in ("nsubj", "nsubjpass")), None)


def _is_passive(verb: Token) -> bool:
    return verb.tag_ == "VBN"


def _is_animate(token: Token) -> bool:
    return token.text in ANIMATE or token.text in PEOPLE


def _lemma(verb: Token) -> str:
    return LEMMAS.get(str(verb.lemma_), str(verb.lemma_))


def _with_particle(verb: Token) -> str:
    particle = next((c.text for c in verb.children if c.dep_ == "prt"), "")
    return f"{_lemma(verb)} {particle}".strip()


def _tidy(words: str) -> str:
    return PREPOSITIONS.get(words, words)
