"""What programs send, checked before anything is done with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from gradio.data_classes import FileData
from gradio.utils import get_upload_folder
from pydantic import Field, TypeAdapter, ValidationError

from ...core.errors import BadInput
from ..panels import letters

MAX_CORRECTIONS = letters.MAX_EDITS

ApiEdit = Annotated[
    letters.AddBoxEdit
    | letters.AddByClick
    | letters.MoveBoxEdit
    | letters.DropBoxEdit
    | letters.RenameBoxEdit
    | letters.Choose
    | letters.Click
    | letters.Paint
    | letters.PickMaskEdit
    | letters.Reshape
    | letters.ImportMaskEdit
    | letters.MovePlace
    | letters.ChangeStep
    | letters.DropStepEdit
    | letters.Reorder
    | letters.FixNode
    | letters.FixAddNode
    | letters.FixDropNode
    | letters.FixEdge
    | letters.AskGraph
    | letters.AskLines,
    Field(discriminator="kind"),
]
_EDIT: TypeAdapter[letters.Edit] = TypeAdapter(ApiEdit)
_TEXT: TypeAdapter[str] = TypeAdapter(letters.Text)
_SEED: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=0, lt=2**32)])


def checked_file(file: object, *, max_mb: int) -> tuple[Path, str]:
    """Where an uploaded file is, and its name.

    Raises:
        BadInput: not a file that was uploaded here, or a larger one than ``max_mb``.
    """
    try:
        given = FileData.model_validate(file, context={"validate_meta": True})
    except ValidationError:
        raise BadInput("Upload the picture first and give it as a file: handle_file(...) in gradio_client.") from None
    path = Path(given.path).resolve()
    if not path.is_relative_to(Path(get_upload_folder()).resolve()) or not path.is_file():
        raise BadInput("That file was not uploaded here: upload it first.")
    if path.stat().st_size > max_mb * 1_000_000:
        raise BadInput(f"The file has more than {max_mb} MB: make it smaller first.")
    return path, Path(given.orig_name or path.name).name


def checked_text(text: object, *, needed: bool) -> str:
    """Raises BadInput: not a text, too long, or empty where one is ``needed``."""
    try:
        given = _TEXT.validate_python(text).strip()
    except ValidationError as error:
        raise BadInput(f"text: {_said(error)}.") from None
    if needed and not given:
        raise BadInput('Say what to change, for example "remove the dog".')
    return given


def checked_seed(seed: object) -> int:
    """Raises BadInput: not a whole number from 0 to 2**32 - 1."""
    try:
        return _SEED.validate_python(seed)
    except ValidationError as error:
        raise BadInput(f"seed: {_said(error)}.") from None


def checked_corrections(corrections: Any) -> list[letters.Edit]:
    """The corrections as the page's own edits; boxes are clipped when they are applied.

    Raises:
        BadInput: not a list of such, or too many; names the first that does not fit.
    """
    rows = [] if corrections is None else corrections
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput('corrections: give a list such as [{"kind": "click", "id": "dog-1", "x": 40, "y": 60}].')
    if len(rows) > MAX_CORRECTIONS:
        raise BadInput(f"corrections: {len(rows)} are too many; the limit is {MAX_CORRECTIONS}.")
    return [_checked_edit(row, number) for number, row in enumerate(rows)]


def _checked_edit(row: dict[str, Any], number: int) -> letters.Edit:
    try:
        return _EDIT.validate_python(row | {"n": number + 1})
    except ValidationError as error:
        raise BadInput(f"corrections[{number}]: {_said(error)}.") from None


def _said(error: ValidationError) -> str:
    """The first problem in one clause: where, and what is expected there."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return f"{where}: {first['msg']}" if where else first["msg"]
