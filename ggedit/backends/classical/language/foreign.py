"""Tells text in another language from English, by its small words."""

from __future__ import annotations

import unicodedata

from ....core.inflection import word_set
from .spelling import own_words
from .tokens import Words
from .verbs import entries
from .words import FUNCTION_WORDS

_FOREIGN = word_set(
    "der die das den dem ein eine einen und oder nicht mit auf aus bitte entferne entfernen mach mache füge "
    "links rechts hund katze ist für von zum zur ersetze ändere farbe hintergrund lösche le la les un une des du "
    "et ou ne pas avec sur dans supprime supprimer enlève enlever ajoute ajouter rends mets chien chat el los "
    "las una uno y o con en por para quita quitar elimina eliminar borra agrega añade haz pon perro gato "
    "izquierda derecha cambia il lo gli rimuovi aggiungi cane gatto e di da nel nella o os as um uma do dos "
    "remova apague adicione cachorro het een en van niet verwijder voeg maak hond kat na w z i nie usuń dodaj "
    "pies den det och ta bort lägg hunden ve bir kaldır köpeği ekle yap fjern tilføj poista lisää koira ut ur"
) - {"a", "an", "do", "as", "i", "on", "den", "die", "w", "z", "kat", "e", "en", "y", "o", "ve"}


def is_english(text: str, words: Words) -> bool:
    """Whether the rules may read this; text with too few letters to tell counts as English."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return True
    latin = sum("LATIN" in unicodedata.name(c, "") for c in letters)
    if latin < 0.6 * len(letters):
        return False
    lows = [w.text.lower() for w in words if w.low[:1].isalpha()]
    foreign = sum((w in _FOREIGN and w not in FUNCTION_WORDS and w not in own_words()) or not w.isascii() for w in lows)
    english = sum(w in FUNCTION_WORDS or w in entries() for w in lows)
    return not (foreign and foreign > english)
