# SPDX-License-Identifier: BSD-3-Clause
"""Pollux in the lab's router namespace, commanded over its socket by polluxctl."""
import contextlib
import os
import re
import shlex
import signal
import subprocess
import tempfile
import time

from . import netns, setup_commands
from .control import Control

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
BUILD = os.environ.get("POLLUX_BUILD", os.path.join(ROOT, "build"))
DAEMON = os.path.join(BUILD, "app", "pollux", "pollux")
CLIENT = os.path.join(BUILD, "app", "polluxctl", "polluxctl")
# as the lab does for the kernel: scenarios about detecting duplicates say so themselves; as Linux does: what has no
# connection leaves untranslated
PORTS = ("sysctl -w net.ipv6.conf.default.accept_dad=0",
         "sysctl -w net.pollux.nat_strict=0",
         "port add r0 net_af_packet0,iface=r0",
         "port add r1 net_af_packet1,iface=r1")
COMMAND_LIMIT = 120
START_LIMIT = 60
STOP_LIMIT = 20
MEMORY = 320
# where in the kernel the client is when it has asked, and nothing has come yet
WAITS = ("unix_stream", "poll_schedule", "do_select")
# Workers. A port has one queue, so those of r0 and r1 are two, which hand over to each other what leaves by the other's
# port; more of them look after connections that end.
LANES = int(os.environ.get("POLLUX_LANES", "1"))
LOG_LINE = re.compile(r"<(\d)>\[ *\d+\.\d+\] (.*)")


def _eal_options():
    """The ways to start, in the order to try: somebody else may take the hugepages first."""
    if chosen := os.environ.get("POLLUX_EAL"):
        return [shlex.split(chosen)]
    # threads float over all CPUs: several labs run at a time, and pinned
    # workers of two would share one CPU
    cpus = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))
    lcores = ",".join(f"{lcore}@({cpus})" for lcore in range(LANES + 1))
    common = ["--lcores", lcores, "--main-lcore", "0", "--no-pci", "--no-telemetry", "-m", str(MEMORY)]
    return [common + ["--in-memory"], common + ["--no-huge", "--no-shconf"]]


class PolluxRouter:
    """Context manager: a Pollux process."""

    name = "pollux"
    routes_in_kernel = False
    quiet = 0.1

    def __init__(self):
        self._logged = 0       # lines of the log that were read
        self.refused = []      # set-up commands Pollux did not take: (command, answer)
        self._control = None

    def _configuration(self):
        """A file with the settings of POLLUX_SETTINGS, in force before anything else is."""
        path = os.path.join(self._directory.name, "config")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"sysctl -w {setting}\n" for setting in os.environ.get("POLLUX_SETTINGS", "").split())
        return path

    def __enter__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="pollux-rig-")
        self._socket = os.path.join(self._directory.name, "socket")
        self._log = open(os.path.join(self._directory.name, "log"), "w+", encoding="utf-8", errors="replace")
        ways = _eal_options()
        for last, eal in ((way is ways[-1], way) for way in ways):
            self._daemon = subprocess.Popen(  # pylint: disable=consider-using-with
                [DAEMON, *eal, "--", "--config", self._configuration(), "--socket", self._socket, "--no-prompt"],
                stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
                preexec_fn=lambda: netns.die_with_parent(signal.SIGKILL))
            try:
                self._wait_for_socket()
                return self
            except BaseException as error:
                if last or not isinstance(error, RuntimeError):
                    self.__exit__(None, None, None)
                    raise
        raise AssertionError("no way to start")

    def __exit__(self, *_):
        self.release()
        if self._control:
            self._control.close()
        self._daemon.terminate()
        try:
            self._daemon.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._daemon.kill()
            self._daemon.wait()
        self._log.close()
        self._directory.cleanup()

    def set_up(self, options, ports=True):
        lines = list(PORTS) if ports else []
        self.refused = []
        if "empty" not in options:
            lines += setup_commands.SYSCTLS + setup_commands.ADDRESSES
            if "unresolved" not in options:
                lines += setup_commands.neighbours()
        done = self._client(["--batch"], "".join(line + "\n" for line in lines))
        self._check_set_up(lines, *done)

    def twins(self, namespace):
        """Both ports get twins in the namespace at that path; None: they lose them."""
        where = f"host netns {namespace}" if namespace else "nohost"
        for port in ("r0", "r1"):
            code, _, errors = self.ask(["port", "set", port, *where.split()])
            if code != 0:
                raise RuntimeError(f"port set {port} {where}: {errors.strip()}")

    @staticmethod
    def reports(_):
        return 0

    def command(self, argv, stdin):
        return self._client(argv, stdin)

    def start(self, argv):
        return subprocess.Popen([CLIENT, "--socket", self._socket, *argv], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def listens(self, program):
        """The client has sent its command and waits; who asks afterwards is answered afterwards."""
        with open(f"/proc/{program.pid}/wchan", encoding="ascii") as file:
            if not file.read().startswith(WAITS):
                return False
        for _ in range(2):
            self.ask(["show", "conntrack"])
        return True

    @staticmethod
    def has_told(_):
        return True

    log = contextlib.nullcontext

    def log_of(self, _):
        return self

    def lines(self):
        """What was logged since the last call: (level, text)."""
        _, output, _ = self._client(["log", "show", "-r"], "")
        matches = [LOG_LINE.fullmatch(line) for line in output.splitlines()][self._logged:]
        self._logged += len(matches)
        # shown as /dev/kmsg shows it
        return [(int(match[1]), match[2].replace("\\x0a", "\n")) for match in matches]

    def forget_log(self):
        self.ask(["log", "clear"])
        self._logged = 0

    def ask(self, argv, stdin=""):
        """As command(), for the rig's own needs: without polluxctl."""
        if not self._control:
            self._control = Control(self._socket)
        return self._control.ask(argv, stdin)

    def hold(self):
        """Stop the process, so that all frames written until release() wait together."""
        self._daemon.send_signal(signal.SIGSTOP)
        path = f"/proc/{self._daemon.pid}/task"
        while not all(self._stopped(f"{path}/{task}") for task in os.listdir(path)):
            time.sleep(0.001)

    def release(self):
        self._daemon.send_signal(signal.SIGCONT)

    def trouble(self):
        """Why the scenario cannot be believed, None if Pollux still runs."""
        if self._daemon.poll() is None:
            return None
        return f"pollux ended with code {self._daemon.returncode}\n" + self._last_words()

    @staticmethod
    def _stopped(task):
        try:
            with open(task + "/stat", encoding="ascii", errors="replace") as file:
                return file.read().rpartition(")")[2].split()[0] in "TtZX"
        except FileNotFoundError:
            return True

    def _last_words(self):
        self._log.flush()
        with open(self._log.name, encoding="utf-8", errors="replace") as file:
            return "".join("    log: " + line for line in file.readlines()[-12:])

    def _wait_for_socket(self):
        deadline = time.monotonic() + START_LIMIT
        while not os.path.exists(self._socket):
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"pollux does not start\n{self._last_words()}")
            time.sleep(0.005)

    def _client(self, argv, stdin):
        try:
            done = subprocess.run([CLIENT, "--socket", self._socket, *argv], input=stdin, text=True,
                                  errors="replace", capture_output=True, check=False, timeout=COMMAND_LIMIT)
        except subprocess.TimeoutExpired:
            return None, "", f"no answer within {COMMAND_LIMIT} s\n"
        return done.returncode, done.stdout, done.stderr

    def _check_set_up(self, lines, code, output, errors):
        codes = [line.split()[1] for line in output.splitlines() if line.startswith("##rc ")]
        for line, answer in zip(lines, codes):
            if answer != "0":
                self.refused.append((line, f"rc {answer}"))
        if len(codes) != len(lines):
            self.refused.append(("--batch", f"{len(codes)} answers to {len(lines)} commands, rc {code}"))
        if self.refused and errors.strip():
            self.refused.append(("its messages", errors.strip()[:400]))
