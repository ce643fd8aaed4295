"""The composition root: settings and registry become a kit. The only place that chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module, metadata
from typing import Any

from . import __version__
from .config import PORTS, Settings
from .core.errors import BackendUnavailable, BadInput
from .core.events import Event
from .core.picture import Picture
from .core.turn import History, Stage, Tier, Turn
from .pipeline import Runner, run
from .ports import Chosen, Kit, Scorer, Store
from .registry import BackendSpec, Missing, all_specs, has_accelerator, missing
from .session import EditSession, Spool

_TIER_ORDER = {
    "auto": (Tier.FULL, Tier.EMBEDDED),
    "full": (Tier.FULL,),
    "embedded": (Tier.EMBEDDED,),
}
_TIERLESS = frozenset({"store", "shelf", "describer", "planner", "sizer", "captions"})
"""Ports whose rules serve the full tier too, where it has nothing better; the reason says so."""


@dataclass(frozen=True)
class Candidate:
    """A row of `ggedit models`: a backend, what it lacks, and whether it would be chosen.

    only_by_name: why it is passed over until it is named, though it lacks nothing.
    """

    spec: BackendSpec
    missing: tuple[Missing, ...]
    chosen: bool
    only_by_name: tuple[Missing, ...] = ()


class Assembly:
    """Backends for these settings, each loaded when first used, one of each per process."""

    def __init__(self, settings: Settings, specs: Sequence[BackendSpec] | None = None) -> None:
        self.settings = settings
        self.specs = tuple(specs) if specs is not None else all_specs()
        self._built: dict[str, Chosen[Any]] = {}
        self.runner: Runner = run
        """What runs the turns of this assembly's sessions."""

    def run(
        self, turn: Turn, *, planner: str = "", until: Stage = Stage.EDIT, ask_user: bool = False
    ) -> Iterator[Event]:
        """Fill a turn with this assembly's kit, or with the ``planner`` of that name in it."""
        kit = replace(self.kit, planner=self.named("planner", planner)) if planner else self.kit
        return run(turn, kit, until=until, ask_user=ask_user)

    @cached_property
    def kit(self) -> Kit:
        """One backend per port. Raises BackendUnavailable: a port has none that can be used."""
        return Kit(
            parser=self.backend("parser"),
            detector=self.backend("detector"),
            segmenter=self.backend("segmenter"),
            describer=self.backend("describer"),
            sizer=self.backend("sizer"),
            planner=self.backend("planner"),
            editor=self.backend("editor"),
            shelf=self.backend("shelf"),
            other_editors=self._other_editors(),
            one_at_a_time=self.settings.low_memory and has_accelerator(self.settings),
        )

    def _other_editors(self) -> tuple[Chosen[Any], ...]:
        """Editors beside the chosen one, for the steps that the routing table sends elsewhere.

        Only where the chosen one is of the full tier: the embedded tier has one editor, and
        stays as it is.
        """
        chosen, _ = choose("editor", self.settings, self.specs)
        if chosen.tier is not Tier.FULL:
            return ()
        rows = [s for s in self.specs if s.port == "editor" and s.tier is not Tier.TEST and s.name != chosen.name]
        usable = [s for s in rows if not lacking(s, self.settings, self.specs)]
        return tuple(self._construct(s, f"runs the steps that {chosen.name} leaves to it") for s in usable)

    @cached_property
    def store(self) -> Store:
        return self.backend("store").use

    def backend(self, port: str) -> Chosen[Any]:
        """The port's backend, constructed once, with the backends of the ports it uses.

        Raises:
            BackendUnavailable: the one asked for is missing, or none can be used; says what
                mends it.
        """
        if port not in self._built:
            spec, why = choose(port, self.settings, self.specs)
            self._built[port] = self._construct(spec, why)
        return self._built[port]

    def names(self, ports: Sequence[str]) -> tuple[str, ...]:
        """What would be chosen, as "port=name@version"; nothing is loaded.

        Raises:
            BackendUnavailable: a port has none that can be used.
        """
        specs = ((port, choose(port, self.settings, self.specs)[0]) for port in ports)
        return tuple(f"{port}={spec.name}@{_version(spec.target.partition(':')[0])}" for port, spec in specs)

    def named(self, port: str, name: str) -> Chosen[Any]:
        """The port's backend of that name, whatever the settings say: for a person who is
        offered another one.

        Raises:
            BackendUnavailable: there is none, or it lacks something; says what mends it.
        """
        rows = [spec for spec in self.specs if spec.port == port]
        spec, _ = _by_name(rows, name, self.settings, self.specs)
        return self._construct(spec, "you chose it")

    def _construct(self, spec: BackendSpec, why: str) -> Chosen[Any]:
        module, _, attribute = spec.target.partition(":")
        others = {port: self.backend(port).use for port in spec.uses}
        use = getattr(import_module(module), attribute)(self.settings, **others)
        return Chosen(use, f"{spec.name}@{_version(module)}", spec.tier, why)

    def scorers(self) -> tuple[tuple[Scorer, ...], tuple[tuple[str, str], ...]]:
        """Every learned measure that can be taken here, and (name, reason) of those that cannot."""
        rows = [s for s in self.specs if s.port == "scorer" and self.settings.scorer in _scorers_asked_for(s)]
        lacks = {spec.name: lacking(spec, self.settings, self.specs) for spec in rows}
        use = tuple(self._construct(spec, "it is there").use for spec in rows if not lacks[spec.name])
        return use, tuple((name, f"it lacks {m[0].what}: {m[0].mend}") for name, m in lacks.items() if m)

    def session(self, picture: Picture, *, kept: bool = True) -> EditSession:
        """A new session that is ``kept`` in the store, or lives in memory only."""
        return self._open(picture, store=self.store if kept else None)

    def resume(self, id_: str) -> EditSession:
        """A stored session. Raises BadInput: there is none of that name."""
        history = self.store.load(id_)
        if history is None:
            raise BadInput("That session is no longer kept: open the picture again.")
        self.store.save(id_, history)  # used just now: its time begins anew
        return self._open(history.source, store=self.store, history=history, id=id_)

    def _spool(self) -> Spool:
        return Spool(self.settings.home / "spool", self.settings.history_mib)

    def reopen(self, history: History, *, kept: bool = True) -> EditSession:
        """A session that goes on from a saved history; ``kept`` in the store under a new id."""
        return self._open(history.source, store=self.store if kept else None, history=history)

    def _open(
        self, picture: Picture, *, store: Store | None, history: History | None = None, id: str | None = None
    ) -> EditSession:
        spool = self._spool()
        return EditSession(picture, self.kit, id=id, store=store, history=history, spool=spool, runner=self.runner)

    def sweep(self, keep_s: float) -> tuple[str, ...]:
        """Forget stored sessions that nobody used for ``keep_s`` seconds; returns their ids."""
        return self.store.sweep(keep_s)

    def candidates(self) -> tuple[Candidate, ...]:
        """Every backend, port by port, for `ggedit models`. Imports none of them."""
        rows: list[Candidate] = []
        for port in PORTS:
            chosen = self._chosen_name(port)
            mine = [s for s in self.specs if s.port == port and s.tier is not Tier.TEST]
            rows += [self._candidate(s, chosen=s.name == chosen) for s in mine]
        return tuple(rows)

    def _candidate(self, spec: BackendSpec, *, chosen: bool) -> Candidate:
        lacks = lacking(spec, self.settings, self.specs)
        waits = () if lacks or chosen else _too_slow(spec, self.settings) or _unasked(spec, self.settings)
        return Candidate(spec, lacks, chosen, waits)

    def _chosen_name(self, port: str) -> str | None:
        try:
            return choose(port, self.settings, self.specs)[0].name
        except BackendUnavailable:
            return None


def _scorers_asked_for(spec: BackendSpec) -> tuple[str, ...]:
    """The values of the setting that mean this row; doubles are taken only by name."""
    return (spec.name,) if spec.tier is Tier.TEST else (spec.name, "auto")


def choose(port: str, settings: Settings, specs: Sequence[BackendSpec]) -> tuple[BackendSpec, str]:
    """The port's row and why it was chosen, in words.

    A backend asked for by name is taken or refused, never swapped. ``auto`` takes the first
    one that lacks nothing, tier by tier, and says what it passed over.

    Raises:
        BackendUnavailable: names what is missing and the command that mends it.
    """
    wanted = settings.backend(port)
    rows = [spec for spec in specs if spec.port == port]
    if wanted != "auto":
        return _by_name(rows, wanted, settings, specs)
    passed: list[str] = []
    for tier in _tiers(port, settings):
        for spec in (s for s in rows if s.tier is tier):
            lacks = lacking(spec, settings, specs) or _too_slow(spec, settings) or _unasked(spec, settings)
            if not lacks:
                return spec, _reason(settings, passed)
            passed.append(f"{spec.name} lacks {lacks[0].what}: {lacks[0].mend}")
    raise BackendUnavailable(
        f"No {port} can be used with GGEDIT_TIER={settings.tier}: " + ("; ".join(passed) or "none is registered") + "."
    )


def _tiers(port: str, settings: Settings) -> tuple[Tier, ...]:
    order = _TIER_ORDER[settings.tier]
    return (*order, Tier.EMBEDDED) if port in _TIERLESS and Tier.EMBEDDED not in order else order


def lacking(spec: BackendSpec, settings: Settings, specs: Sequence[BackendSpec]) -> tuple[Missing, ...]:
    """What a backend lacks, and what the backends it uses lack."""
    lacks = list(missing(spec, settings))
    for port in spec.uses:
        try:
            choose(port, settings, specs)
        except BackendUnavailable as error:
            lacks.append(Missing(f"a {port} to use", str(error).rstrip(".")))
    return tuple(lacks)


def _unasked(spec: BackendSpec, settings: Settings) -> tuple[Missing, ...]:
    """A key alone is no leave to send a person's photos away: the chat or the backend is named."""
    if not spec.sends or settings.chat != "auto":
        return ()
    mend = f"GGEDIT_CHAT=openai gives it for all, GGEDIT_{spec.port.upper()}={spec.name} for this one"
    return (Missing("leave to send the picture to a server", mend),)


def _too_slow(spec: BackendSpec, settings: Settings) -> tuple[Missing, ...]:
    if not spec.accelerated or has_accelerator(settings):
        return ()
    return (Missing("a CUDA or MPS device", f"GGEDIT_{spec.port.upper()}={spec.name} takes it all the same"),)


def _by_name(
    rows: Sequence[BackendSpec], wanted: str, settings: Settings, specs: Sequence[BackendSpec]
) -> tuple[BackendSpec, str]:
    spec = next((s for s in rows if s.name == wanted), None)
    port = rows[0].port if rows else "backend"
    if spec is None:
        names = ", ".join(s.name for s in rows if s.tier is not Tier.TEST)
        raise BackendUnavailable(f"There is no {port} called {wanted!r}; there are: {names}.")
    lacks = lacking(spec, settings, specs)
    if lacks:
        raise BackendUnavailable(f"The {port} {wanted!r} lacks {lacks[0].what}: {lacks[0].mend}.")
    return spec, f"asked for by name (GGEDIT_{port.upper()})"


def _reason(settings: Settings, passed: list[str]) -> str:
    base = "first that can be used" if settings.tier == "auto" else f"GGEDIT_TIER={settings.tier}"
    return f"{base}; passed over: {'; '.join(passed)}" if passed else base


def _version(module: str) -> str:
    """The version of the distribution a backend comes from; our own for first-party ones."""
    package = module.partition(".")[0]
    if package == "ggedit":
        return __version__
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
