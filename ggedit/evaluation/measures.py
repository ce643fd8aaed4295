"""Every measure: its title, its unit, and which way is better."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.freeze import Frozen


@dataclass(frozen=True, slots=True)
class Measure(Frozen):
    """``better`` is +1 where more is better, -1 where less is, 0 where neither. ``short`` heads a column."""

    name: str
    title: str
    better: int
    digits: int = 3
    unit: str = ""
    short: str = ""

    @property
    def heading(self) -> str:
        return self.short or self.title

    def show(self, value: float) -> str:
        return f"{value:.{self.digits}f}"


_ROWS = (
    Measure("finished", "finished with a result", 1, 2, short="done"),
    Measure("parse_right", "request read right", 1, 2, short="read"),
    Measure("selection_precision", "choice, precision", 1, short="prec."),
    Measure("selection_recall", "choice, recall", 1, short="recall"),
    Measure("box_iou", "box IoU", 1),
    Measure("mask_iou", "mask IoU", 1),
    Measure("boundary_f", "outline F", 1),
    Measure("plan_right", "plan right", 1, 2, short="plan"),
    Measure("graph_right", "graph after, facts right", 1, 2, short="graph"),
    Measure("outside_psnr", "PSNR outside", 1, 1, "dB", short="PSNR out"),
    Measure("outside_ssim", "SSIM outside", 1, 4, short="SSIM out"),
    Measure("outside_l1", "L1 outside", -1, 5, short="L1 out"),
    Measure("outside_max", "largest difference outside", -1, 0, "levels", short="max out"),
    Measure("outside_changed", "share of pixels changed outside", -1, 4, short="share out"),
    Measure("drift_psnr", "PSNR outside since the first turn", 1, 1, "dB", short="PSNR since 1st"),
    Measure("drift_l1", "L1 outside since the first turn", -1, 5, short="L1 since 1st"),
    Measure("seam_ratio", "seam, step after / before", -1, 2, short="seam"),
    Measure("ring_step", "colour step in the ring", -1, 3, short="ring"),
    Measure("reference_psnr", "PSNR to the reference", 1, 1, "dB", short="PSNR ref."),
    Measure("reference_ssim", "SSIM to the reference", 1, 4, short="SSIM ref."),
    Measure("clip_whole", "CLIP, caption and picture", 1, short="CLIP"),
    Measure("clip_edited", "CLIP, caption and edited part", 1, short="CLIP part"),
    Measure("clip_direction", "CLIP, directional", 1, short="CLIP dir."),
    Measure("dino", "DINO, before and after", 1, short="DINO"),
    Measure("lpips_outside", "LPIPS outside", -1, short="LPIPS out"),
    Measure("seconds", "seconds", -1, 2, "s"),
    Measure("peak_mib", "peak memory", -1, 0, "MiB", short="peak MiB"),
    Measure("peak_gpu_mib", "peak memory of the GPU", -1, 0, "MiB", short="GPU MiB"),
)

MEASURES: dict[str, Measure] = {row.name: row for row in _ROWS}
"""By name, in the order of the tables."""

LEARNED = ("clip_whole", "clip_edited", "clip_direction", "dino", "lpips_outside")
"""Those that need a model; "not run" where it is absent, never zero."""
