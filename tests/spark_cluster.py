"""A real cluster of Spark on this machine: a standalone master and two workers, each a process of its own. ``python tests/spark_cluster.py`` shows that it starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

WAIT = 60


def home() -> Path:
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def started(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "SPARK_HOME": str(home()),
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_WORKER_DIR": str(folder),
        "PYSPARK_PYTHON": sys.executable,
    }
    log = (folder / f"{name}.log").open("wb")
    command = [str(home() / "bin" / "spark-class"), *arguments]
    return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)


def workers_alive(page: str) -> int:
    try:
        with urllib.request.urlopen(page, timeout=2) as found:  # noqa: S310 - the master's own page on this machine
            return int(found.read().decode().count('"state" : "ALIVE"'))
    except OSError:
        return 0


@contextmanager
def cluster(workers: int = 2) -> Iterator[str]:
    """The address of a master with so many workers of one core and 512 MB each. They end with the block."""
    with tempfile.TemporaryDirectory(prefix="hmic-rules-cluster-") as name:
        folder, port, page = Path(name), free_port(), free_port()
        master = f"spark://127.0.0.1:{port}"
        at = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)]
        running = [started(folder, "master", "org.apache.spark.deploy.master.Master", *at)]
        try:
            for number in range(workers):
                own = [
                    "--host",
                    "127.0.0.1",
                    "--cores",
                    "1",
                    "--memory",
                    "512m",
                    "--webui-port",
                    str(free_port()),
                    master,
                ]
                running.append(started(folder, f"worker{number}", "org.apache.spark.deploy.worker.Worker", *own))
            until = time.monotonic() + WAIT
            while (alive := workers_alive(f"http://127.0.0.1:{page}/json/")) < workers:
                if time.monotonic() > until or any(one.poll() is not None for one in running):
                    said = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(folder.glob("*.log")))
                    raise RuntimeError(f"{alive} of {workers} workers came\n{said}")
                time.sleep(0.5)
            yield master
        finally:
            for one in reversed(running):
                one.terminate()
            for one in running:
                try:
                    one.wait(10)
                except subprocess.TimeoutExpired:
                    one.kill()
                    one.wait()


if __name__ == "__main__":
    with cluster() as address:
        sys.stdout.write(f"a master and two workers run at {address}\n")
