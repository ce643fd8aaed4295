"""``ggedit edit`` and ``ggedit replay``."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..config import load_settings
from ..core.corrections import ChooseCandidates, EditStepChange, EditText, ImportMask, StepRef, Tune
from ..core.errors import BadInput
from ..core.events import NeedsUser
from ..core.geometry import Box
from ..core.masks import Mask
from ..core.options import EditOptions
from ..core.picture import LOSSLESS, encode_picture, format_of
from ..core.plan import Insert
from ..core.turn import Stage, Turn
from ..session import EditSession, load_history, point_out, replay, save_history, target_clause
from .documents import print_json
from .exits import Exit, Question, Refused, say
from .reading import ask, interactive, open_mask, parse_box
from .reports import describe_turn
from .stages import Photo, Seed, Text, TurnFile, started_session
from .tuning import (
    BlendStart,
    EditorName,
    Feather,
    Guidance,
    GuidanceFrom,
    GuidanceTo,
    ImageGuidance,
    LowMemory,
    Model,
    Safety,
    Sampler,
    Steps,
    Strength,
    batch_options,
    run_settings,
)
from .watching import Watch, watch

MAX_VARIANTS = 8


@dataclass(frozen=True)
class Wishes:
    """What the options of ``edit`` say besides the request."""

    box: Box | None
    mask: Mask | None
    ask: bool
    variants: int


Out = Annotated[Path, typer.Option("--out", "-o", help="Where the result goes: .png, .tif (lossless), .jpg or .webp.")]
Variants = Annotated[int, typer.Option(min=1, max=MAX_VARIANTS, help="How many ways of doing it; all are written.")]
MaskFile = Annotated[
    str | None, typer.Option(help="PNG of the picture's size: white is the thing to change.", show_default=False)
]
BoxText = Annotated[
    str | None,
    typer.Option(help="x1,y1,x2,y2 in pixels: the thing to change, or the place of a new one.", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the best guess.")]
Save = Annotated[
    Path | None, typer.Option(help="Also write the session as a zip for `ggedit replay`.", show_default=False)
]


def edit(
    photo: Photo = None,
    text: Text = None,
    out: Out = Path("edited.png"),
    seed: Seed = 0,
    variants: Variants = 1,
    mask: MaskFile = None,
    box: BoxText = None,
    turn: TurnFile = None,
    yes: Yes = False,
    save: Save = None,
    steps: Steps = None,
    guidance: Guidance = None,
    image_guidance: ImageGuidance = None,
    guidance_from: GuidanceFrom = None,
    guidance_to: GuidanceTo = None,
    strength: Strength = None,
    blend_start: BlendStart = None,
    feather: Feather = None,
    sampler: Sampler = None,
    safety: Safety = None,
    editor: EditorName = None,
    model: Model = None,
    low_memory: LowMemory = False,
) -> None:
    """Edit a picture by instruction; nothing changes outside the mask.

    Prints what was done as JSON. The original file is never overwritten.

    Example: ggedit edit dog.jpg "remove the dog" -o out.png

    Example: ggedit edit cups.jpg "make the left cup blue" -o out.png --seed 7 --variants 3

    Example: ggedit edit street.jpg "remove the car" --box 40,60,200,160 --yes -o out.png
    """
    _check_target(out, photo)
    wishes = Wishes(
        box=parse_box(box) if box else None,
        mask=open_mask(mask) if mask else None,
        ask=not yes and turn is None,
        variants=variants,
    )
    options = EditOptions(
        steps=steps, guidance=guidance, image_guidance=image_guidance, guidance_from=guidance_from,
        guidance_to=guidance_to, strength=strength, blend_start=blend_start, feather_px=feather, scheduler=sampler,
        safety=safety,
    )  # fmt: skip
    settings = run_settings(editor, model, low_memory=low_memory)
    session = started_session(photo, text, turn=turn, seed=seed, settings=settings)
    options = batch_options(options, variants)
    if options.said:
        session.correct(Tune(options))
    turns = _made(session, wishes)
    paths = [_write(out, number, result) for number, result in enumerate(turns)]
    if save is not None:
        save_history(session.accept(), save)
    print_json({"outputs": [str(p) for p in paths]} | describe_turn(turns[0]) | _others(turns))


def _made(session: EditSession, wishes: Wishes) -> list[Turn]:
    """The finished turns. Raises Refused: there is nothing that could be done."""
    with watch() as bar:
        _plan(session, wishes, bar)
        _check_plan(session.draft)
        return _edit(session, wishes, bar)


def _others(turns: list[Turn]) -> dict[str, object]:
    if len(turns) == 1:
        return {}
    return {"variants": [describe_turn(turn)["result"] for turn in turns[1:]]}


def _check_target(out: Path, photo: str | None) -> None:
    """Before any work: the result can be written, and not over the original."""
    format_of(out.name)
    if photo is not None and out.exists() and Path(photo).exists() and out.samefile(photo):
        raise BadInput(f"{out} is the original: choose another name with -o.")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"There is no folder {out.absolute().parent}: make it first, or choose another with -o.")


def _plan(session: EditSession, wishes: Wishes, bar: Watch) -> None:
    """Run up to the plan, with the person's box and mask brought in where they belong."""
    _run(session, Stage.PARSE, wishes, bar)
    shown = wishes.box or (wishes.mask.box if wishes.mask is not None else None)
    chosen: str | None = None
    if shown is not None and target_clause(session.draft)[1] is not None:
        bar.follow(point_out(session, shown))
        choice = session.draft.corrections[-1]
        assert isinstance(choice, ChooseCandidates)
        (chosen,) = choice.ids
    _run(session, Stage.SELECT, wishes, bar)
    _run(session, Stage.SEGMENT, wishes, bar)
    if wishes.mask is not None and chosen is not None:
        session.correct(ImportMask(chosen, wishes.mask))
    _run(session, Stage.PLAN, wishes, bar)
    if wishes.box is not None and chosen is None:
        _place_new_thing(session, wishes.box)
    elif wishes.mask is not None and chosen is None:
        raise BadInput("--mask marks the thing to change, but this request speaks of none.")


def _place_new_thing(session: EditSession, box: Box) -> None:
    plan = session.draft.plan
    assert plan is not None
    for number, step in enumerate(plan.steps):
        if isinstance(step, Insert):
            changed = Insert(
                box=box, label=step.label, source=step.source, prompt=step.prompt, reason="You said where it goes."
            )
            session.correct(EditStepChange(StepRef.of(plan, number), changed))
            return
    raise BadInput("--box marks the thing to change or the place of a new one, but this request speaks of neither.")


def _run(session: EditSession, until: Stage, wishes: Wishes, bar: Watch) -> None:
    """Run up to a stage; a question on the way is put to the person, or is the end."""
    while True:
        _, question = bar.follow(session.run(until=until, ask_user=wishes.ask))
        if question is None:
            return
        _answer(session, question)


def _answer(session: EditSession, question: NeedsUser) -> None:
    """Put the question to the person. Where nobody sits, a choice among boxes takes the best
    one and says so, as batches do; what was not understood is the end.

    Raises:
        Question: the request was not understood.
    """
    if not interactive():
        if question.stage is Stage.PARSE:
            raise Question(f"{question.question} Say it in other words, or add --yes to go on regardless.")
        say(f"{question.question} The best guess was taken; --box x1,y1,x2,y2 chooses another.")
        return
    say(question.question)
    if question.stage is Stage.PARSE:
        session.correct(EditText(ask("What should be changed")))
        return
    detections = session.draft.detections
    assert detections is not None
    for number, id_ in enumerate(question.candidates, start=1):
        place = ", ".join(f"{v:.0f}" for v in detections.box(id_).xyxy)
        typer.echo(f"  {number}. {id_} at {place}", err=True)
    picked = ask("Which one (a number, or several with commas)")
    clause, _ = target_clause(session.draft)
    doubts = session.draft.selection.doubts if session.draft.selection is not None else ()
    asked = next((d.clause for d in doubts if d.candidates == question.candidates), clause)
    session.correct(ChooseCandidates(asked, _picked(picked, question.candidates)))


def _picked(answer: str, candidates: tuple[str, ...]) -> tuple[str, ...]:
    numbers = [int(part) if part.strip().isdigit() else 0 for part in answer.split(",")]
    if not all(1 <= number <= len(candidates) for number in numbers):
        raise BadInput(f"{answer!r} is not a number from 1 to {len(candidates)}.")
    return tuple(candidates[number - 1] for number in numbers)


_NO_STEP = "The plan has no step: say what to change in other words."


def _check_plan(turn: Turn) -> None:
    """Raises Refused: the plan has no step; says why and what could be done instead."""
    assert turn.plan is not None
    sentences = [" ".join((r.sentence, _offer(r.offers))).strip() for r in turn.plan.refusals]
    if not turn.plan.active:
        open_questions = turn.instruction.questions if turn.instruction is not None else ()
        raise Refused(" ".join(sentences or open_questions) or turn.plan.why or _NO_STEP)
    for sentence in sentences:
        say(sentence)


def _offer(offers: tuple[str, ...]) -> str:
    return "Instead you can ask: " + "; ".join(f'"{offer}"' for offer in offers) + "." if offers else ""


def _edit(session: EditSession, wishes: Wishes, bar: Watch) -> list[Turn]:
    """The finished draft, and the other ways of doing it."""
    bar.follow(session.run(until=Stage.EDIT, ask_user=False))
    ends, _ = bar.follow(session.make_variants(wishes.variants))
    return [session.draft, *(end.turn for end in ends)]


def _write(out: Path, number: int, turn: Turn) -> Path:
    """Write a result whole or not at all; variant 2 of out.png is out-2.png."""
    assert turn.result is not None
    path = out if number == 0 else out.with_name(f"{out.stem}-{number + 1}{out.suffix}")
    file_format = format_of(path.name)
    if file_format not in LOSSLESS:
        say(f"{file_format} is lossy: pixels outside the change may differ a little; use .png to keep them exact.")
    if file_format == "JPEG" and turn.result.picture.alpha is not None:
        say("JPEG has no transparency: it is lost in this file; use .png to keep it.")
    content = encode_picture(turn.result.picture, file_format)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
    return path


def replay_session(
    session: Annotated[Path, typer.Argument(help="A session zip.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where the last picture goes.")] = None,
) -> None:
    """Run a saved session's plans again from the untouched picture, and compare the pixels.

    Exit code 6 if a turn gave other pixels than were saved.

    Example: ggedit replay session.zip -o again.png
    """
    if out is not None:
        _check_target(out, None)
    kit = Assembly(load_settings()).kit
    turns = list(replay(load_history(session), kit))
    if out is not None and turns:
        _write(out, 0, turns[-1].turn)
    print_json({"turns": [{"id": t.turn.id, "text": t.turn.ask.text, "same_pixels": t.same} for t in turns]})
    if not all(turn.same for turn in turns):
        say("the pixels differ from the saved ones: another backend or version made them.")
        raise typer.Exit(Exit.DIFFERENT)
