"""ReFrame's description of the machines that the nightly checks run on.

`local` runs the stages on this machine, one after the other. `slurm` submits each stage as a job and follows it with
squeue, so the cluster needs no accounting database. RFM_PREFIX is the folder for all files that ReFrame writes.
"""

import os

PREFIX = os.path.abspath(os.environ.get("RFM_PREFIX", "reports/reframe"))


def system(name: str, descr: str, scheduler: str, max_jobs: int, hostnames: list) -> dict:
    """A system with one partition, `node`, and ReFrame's builtin environment."""
    return {
        "name": name,
        "descr": descr,
        "hostnames": hostnames,
        "prefix": PREFIX,
        "partitions": [
            {
                "name": "node",
                "scheduler": scheduler,
                "launcher": "local",
                "environs": ["builtin"],
                "max_jobs": max_jobs,
                # A value that is not empty keeps ReFrame from detecting the topology, which the checks do not use.
                "processor": {"num_cpus": os.cpu_count() or 1},
            }
        ],
    }


site_configuration = {
    "systems": [
        system("local", "this machine, one stage at a time", "local", 1, [".*"]),
        system("slurm", "a cluster, one job per stage", "squeue", 100, []),
    ],
    "general": [{"report_file": f"{PREFIX}/report.json", "save_log_files": True}],
}
