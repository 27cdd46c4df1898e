"""The stages of the nightly gate as ReFrame checks: one check per stage.

The gate judges its own results. A check requires the outcome `pass`, and passes the timings to ReFrame, which judges
those
that have references. Variables of the environment, or -S on the command line, choose what is run:

    NBVERIFY             executable        the tool, `nbverify` in PATH unless given
    NIGHTLY_SEED         seed              the seed of the night
    NIGHTLY_STAGES                         the stages, separated by commas
    NIGHTLY_PACKAGE      package           the folder that the tool runs in, the check's own unless given
    NIGHTLY_REFERENCES   reference_file    references: {"W1_ratio": {"value": 12.0, "slower": 0.1}}
"""

import json
import os
import shlex
from pathlib import Path

import reframe as rfm
import reframe.utility.sanity as sn
from reframe.core.builtins import parameter, run_after, run_before, sanity_function, variable
from reframe.core.exceptions import SanityError


@rfm.simple_test
class NightlyStage(rfm.RunOnlyRegressionTest):
    """One stage of the nightly gate."""

    stage = parameter(os.environ.get("NIGHTLY_STAGES", "tests,golden,images,readers,benchmarks").split(","))
    seed = variable(int, value=int(os.environ.get("NIGHTLY_SEED", "1")))
    package = variable(str, value=os.environ.get("NIGHTLY_PACKAGE", ""))
    reference_file = variable(str, value=os.environ.get("NIGHTLY_REFERENCES", ""))

    valid_systems = ["*"]
    valid_prog_environs = ["builtin"]
    sourcesdir = None
    executable = os.environ.get("NBVERIFY", "nbverify")
    time_limit = "4h"
    num_cpus_per_task = 1
    keep_files = ["bundle"]

    @run_after("init")
    def describe(self) -> None:
        """Tags the check with its stage, which -t selects. The stage of timings needs the machine exclusively."""
        self.descr = f"the stage {self.stage} of the nightly gate"
        self.tags = {"nightly", self.stage}
        self.exclusive_access = self.stage == "benchmarks"

    @run_before("run")
    def set_command(self) -> None:
        """Sets the command, which writes the bundle of the stage to the folder `bundle` of the check."""
        self.executable_opts = [
            *["nightly", "run", "--stages", self.stage, "--skip-build"],
            *["--seed", str(self.seed), "--out", f"{self.stagedir}/bundle"],
            # ReFrame judges trends here, so the gate's own history is not used.
            *["--history", f"{self.stagedir}/history.sqlite"],
        ]
        if self.package:
            self.prerun_cmds = [f"cd {shlex.quote(self.package)}"]

    def read_metrics(self) -> dict:
        """The contents of the stage's metrics.json, which a killed stage lacks."""
        try:
            return json.loads(Path(self.stagedir, "bundle", "metrics.json").read_text())
        except (OSError, ValueError) as error:
            raise SanityError(f"the stage has left no metrics: {error}") from None

    @sanity_function
    def passes(self) -> bool:
        """Requires the outcome `pass`; the error names the findings or obstacles."""
        metrics = self.read_metrics()
        if metrics.get("outcome") != "pass":
            reasons = metrics.get("regressions") or metrics.get("obstacles") or ["no reason given"]
            raise SanityError(f"outcome {metrics.get('outcome')}: {'; '.join(map(str, reasons))}")
        return True

    @run_before("performance")
    def add_timings(self) -> None:
        """Makes a performance variable of every timing, with a reference if the file has one. Lower values are
        better."""
        if self.is_dry_run():
            return
        metrics = self.read_metrics()
        known = json.loads(Path(self.reference_file).read_text()) if self.reference_file else {}
        references = {}
        for group, unit in (("benchmarks", "ratio"), ("instructions", "instructions")):
            for workload, value in metrics.get(group, {}).items():
                name = f"{workload}_{unit}"
                self.perf_variables[name] = sn.make_performance_function(sn.defer(value), unit)
                if name in known:
                    references[name] = (known[name]["value"], None, known[name]["slower"], unit)
        self.reference = {"*": references}
