# %% [markdown]
# # Reading an evaluation
#
# Two cases of the suite are run and compared with the baseline that edits nothing, only resizes and saves as
# JPEG. The same from the shell: `ggedit eval run`, `round-trip`, `compare` (docs/evaluation.md).

# %%
import tempfile
from pathlib import Path

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.evaluation.cases import read_cases
from ggedit.evaluation.measures import MEASURES
from ggedit.evaluation.runner import run_cases
from ggedit.evaluation.systems import Ggedit, RoundTrip
from ggedit.evaluation.tables import by_kind, compared, overall, stage_costs, worst

wanted = {"flower-purple", "background-blur"}
cases = [case for case in read_cases(Path("assets/eval/cases.jsonl")) if case.id in wanted]
kit = Assembly(load_settings({"GGEDIT_TIER": "embedded"})).kit
with tempfile.TemporaryDirectory() as folder:
    ours = list(run_cases(cases, Ggedit(kit), Path(folder) / "ours"))
    baseline = list(run_cases(cases, RoundTrip(), Path(folder) / "round-trip"))

# %% [markdown]
# A row is a turn; means come with 95 % intervals. Two cases are far too few to conclude anything: the
# intervals say so.

# %%
for name, value in overall(ours).estimates:
    measure = MEASURES[name]
    interval = f"{measure.show(value.low)} to {measure.show(value.high)}"
    print(f"{measure.title:34} {measure.show(value.mean):>8} {measure.unit:6} ({interval})")

# %%
for line in by_kind(ours):
    outside = dict(line.estimates)["outside_psnr"]
    print(f"{line.group}: PSNR outside {outside.mean:.1f} dB over {outside.count} turn")
print("stages:", [(cost.stage, round(cost.median_s, 2)) for cost in stage_costs(ours)])
print("look first at:", [row.key for row in worst(ours, count=1)])

# %% [markdown]
# Case by case against the baseline: outside the allowed region ours changes nothing, the round trip changes
# nearly every pixel.

# %%
for row in compared(ours, baseline):
    if row.measure.name in {"outside_psnr", "outside_changed"}:
        print(f"{row.measure.title:34} baseline less ours {row.comparison.difference.mean:+.2f}")
