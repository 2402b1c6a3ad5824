"""A real standalone Spark on this machine: a master, two workers and a Connect server, each a process of its own."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path


def why_not() -> str:
    """Why no cluster can be started here; empty when one can."""
    if shutil.which("java") is None:
        return "Java is missing: sh tools/install_test_parts.sh"
    spec = importlib.util.find_spec("pyspark")
    if spec is None or not (Path(spec.origin).parent / "bin" / "spark-class").exists():
        return "the pyspark package with its server parts is missing: pip install 'premura[dev]'"
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class StandaloneCluster:
    """Started on entering, ended on leaving, its children with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Path(importlib.util.find_spec("pyspark").origin).parent
        self.master_port, self.connect_port = free_port(), free_port()
        self.processes: dict[str, subprocess.Popen] = {}

    @property
    def url(self) -> str:
        return f"sc://127.0.0.1:{self.connect_port}"

    def __enter__(self) -> "StandaloneCluster":
        master = f"spark://127.0.0.1:{self.master_port}"
        try:
            listen = ["--host", "127.0.0.1", "--port", str(self.master_port), "--webui-port", "0"]
            self._start("master", "spark-class", "org.apache.spark.deploy.master.Master", *listen)
            self._wait_for(self.master_port)
            for name in ("worker-1", "worker-2"):
                limits = ["--host", "127.0.0.1", "--cores", "1", "--memory", "700m", "--webui-port", "0"]
                work = ["--work-dir", str(self.folder / name)]
                self._start(name, "spark-class", "org.apache.spark.deploy.worker.Worker", *limits, *work, master)
            settings = {
                "spark.connect.grpc.binding.port": self.connect_port,
                "spark.connect.grpc.binding.address": "127.0.0.1",
                "spark.ui.enabled": "false",
                "spark.executor.memory": "512m",
                "spark.driver.memory": "700m",
                "spark.driver.host": "127.0.0.1",
                "spark.sql.shuffle.partitions": 2,
                # Compiling Java for each question, and planning it anew half-way, would take longer than the few rows
                "spark.sql.codegen.wholeStage": "false",
                "spark.sql.codegen.factoryMode": "NO_CODEGEN",
                "spark.sql.adaptive.enabled": "false",
            }
            confs = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
            server = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "spark-internal"]
            self._start("connect", "spark-submit", "--master", master, *confs, *server)
            self._wait_for(self.connect_port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("connect", "worker-1", "worker-2", "master"):
            self.kill(name)

    def kill(self, name: str) -> None:
        """At once and without a word, with the executors that it started."""
        process = self.processes.pop(name, None)
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def _start(self, name: str, command: str, *arguments: str) -> None:
        environment = {**os.environ, "SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": "127.0.0.1"}
        environment |= {"SPARK_LOCAL_DIRS": str(self.folder / "local"), "SPARK_NO_DAEMONIZE": "1"}
        # Five processes that live for a minute: compiling their code thoroughly would take longer than running it
        environment["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -XX:-UsePerfData"
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                [str(self.home / "bin" / command), *arguments],
                env=environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def _wait_for(self, port: int, seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(process.poll() is not None for process in self.processes.values()):
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        logs = "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))
        raise RuntimeError(f"nothing listens at port {port}:\n{logs}")
