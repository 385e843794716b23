"""``lookout-agent pair | run | check | status``."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
import threading
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from lookout_agent import __version__, lock, log
from lookout_agent.camera import addresses
from lookout_agent.cloud import tokens
from lookout_agent.config import Config, default_folder
from lookout_agent.errors import AgentError, ConfigError

if TYPE_CHECKING:
    from lookout_agent.execution.agent import Agent

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""Signals that stop the agent."""

PASSWORD = "LOOKOUT_AGENT_PASSWORD"  # noqa: S105 - the name of a variable


def main() -> None:
    """Run the command line's command; an error is printed in one line, with status 1."""
    # with it, Google's library would call the emulator as an administrator; the rules are to bind this agent
    os.environ.pop("FIRESTORE_EMULATOR_HOST", None)
    options = _options()
    try:
        status = {"pair": _pair, "run": _run, "check": _check, "status": _status}[options.command](options)
    except AgentError as error:
        print(f"lookout-agent: {error.message}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="lookout-agent",
        description="Carries out, in a local network, what the cloud asks of its cameras. It opens no port.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--folder",
        type=Path,
        default=default_folder(),
        metavar="DIR",
        help="where it keeps its settings and tokens (default: ~/.lookout-agent)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    pair = commands.add_parser("pair", help="sign in once, and keep the tokens")
    pair.add_argument("--project", help="the Firebase project's id")
    pair.add_argument("--api-key", help="its web API key (Firebase console, Project settings)")
    pair.add_argument("--email", help="the agent's account, which has the role agent")
    pair.add_argument(
        "--password-stdin",
        action="store_true",
        help=f"read the password from standard input, not from {PASSWORD}",
    )
    pair.add_argument("--bucket", help="the Storage bucket (default: <project>.firebasestorage.app)")
    pair.add_argument(
        "--network",
        action="append",
        metavar="NET",
        help="where its cameras may be, such as 192.168.1.0/24; may be repeated (default: all private ones)",
    )
    for name in ("auth-url", "firestore-host", "storage-url"):
        pair.add_argument(f"--{name}", default="", help="of Firebase's emulators, instead of Firebase itself")
    commands.add_parser("run", help="wait for commands and carry them out")
    commands.add_parser("check", help="say what works and what does not")
    commands.add_parser("status", help="say whether it runs, and when it last reported to the cloud")
    return parser.parse_args()


def _pair(options: argparse.Namespace) -> int:
    project = options.project or _ask("Firebase project id")
    api_key = options.api_key or _ask("Web API key")
    email = options.email or _ask("E-mail address of the agent's account")
    session = tokens.sign_in(options.auth_url, api_key, email, _password(options.password_stdin))
    agent_id = tokens.require_agent(session)
    config = Config(
        project=project,
        api_key=api_key,
        agent_id=agent_id,
        email=email,
        bucket=options.bucket or f"{project}.firebasestorage.app",
        networks=addresses.networks(options.network) if options.network else _kept_networks(options.folder),
        auth_url=options.auth_url,
        firestore_host=options.firestore_host,
        storage_url=options.storage_url,
    )
    config.save(options.folder)
    tokens.save(options.folder, session)
    print(f"Paired as agent {agent_id} of {project}. Now: lookout-agent check, then lookout-agent run")
    return 0


def _ask(what: str) -> str:
    if not sys.stdin.isatty():
        raise ConfigError(f"{what}? Give it as an option; see lookout-agent pair --help.")
    return input(f"{what}: ").strip()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    given = os.environ.get(PASSWORD)
    if given:
        return given
    if not sys.stdin.isatty():
        raise ConfigError(f"The password? Give it with --password-stdin or in {PASSWORD}.")
    return getpass.getpass("Password (it is used once and not kept): ")


def _kept_networks(folder: Path) -> tuple[IPv4Network, ...]:
    try:
        return Config.load(folder).networks
    except ConfigError:
        return addresses.PRIVATE


def _run(options: argparse.Namespace) -> int:
    from lookout_agent.clock import ServerClock
    from lookout_agent.cloud.client import connect
    from lookout_agent.cloud.inbox import Inbox
    from lookout_agent.execution.agent import Agent

    # before other threads start, which inherit it: a handler would wait for the main thread, which may be asleep
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    log.configure()
    config = Config.load(options.folder)
    own = tokens.Tokens(config, options.folder)
    with lock.exclusive(options.folder):
        tokens.load(options.folder)
        clock = ServerClock()
        inbox = Inbox(connect(config, lambda: own.id_token), config.agent_id, clock)
        agent = Agent(config, own, inbox, clock)
        threading.Thread(target=_stop_on_signal, args=(agent,), daemon=True).start()
        agent.run()
    return 0


def _stop_on_signal(agent: Agent) -> None:
    while True:
        signal.sigwait(STOP_SIGNALS)
        agent.stop()


def _check(options: argparse.Namespace) -> int:
    from lookout_agent.diagnostics import check

    status = 0
    for finding in check(options.folder):
        print(finding, flush=True)
        status |= not finding.is_good
    return status


def _status(options: argparse.Namespace) -> int:
    from google.api_core.exceptions import GoogleAPICallError

    from lookout_agent.clock import ServerClock
    from lookout_agent.cloud.client import connect
    from lookout_agent.cloud.inbox import Inbox

    config = Config.load(options.folder)
    print(f"agent {config.agent_id} of {config.project}, version {__version__}")
    print(f"calls cameras in {', '.join(map(str, config.networks))}")
    is_running = lock.is_held(options.folder)
    print("runs on this machine" if is_running else "does not run on this machine")
    own = tokens.Tokens(config, options.folder)
    own.refresh()
    clock = ServerClock()
    inbox = Inbox(connect(config, lambda: own.id_token), config.agent_id, clock)
    try:
        seen = inbox.last_seen()
    except GoogleAPICallError as error:
        raise AgentError(
            f"Firestore does not answer ({type(error).__name__}): see `lookout-agent check`."
        ) from None
    finally:
        inbox.close()
    if seen is None:
        print("it never reported to the cloud")
    else:
        what = "its stop" if seen.is_stopped else "its last heartbeat"
        print(f"the cloud got {what} {(clock.now() - seen.at).total_seconds():.0f} s ago")
    return 0 if is_running else 1
