"""Every error the agent raises on purpose.

::

    AgentError
    ├── ConfigError          the settings are missing or impossible
    ├── TokenRefused         the account may not sign in (any more): pair again
    ├── Unreachable          Firebase did not answer; try again later
    └── CommandFailed        a command that ends as ``failed``; ``code`` goes into its document
        ├── CameraSilent     no answer in time, connection refused or broken
        ├── CameraFailed     an error status, or an answer that cannot be used
        ├── NotAllowed       the camera may not be called by this agent
        ├── Unsupported      the camera's firmware has nothing for this
        └── Interrupted      the agent was stopped or held up in the middle
"""

from __future__ import annotations


class AgentError(Exception):
    """Root of the tree. The message says, in plain words, what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigError(AgentError):
    """The settings are missing or impossible."""


class TokenRefused(AgentError):
    """The account may not sign in, or its refresh token is no longer accepted."""


class Unreachable(AgentError):
    """Firebase did not answer, or not as it should."""


class CommandFailed(AgentError):
    """A command that could not be carried out. ``code`` is the stable word in the command's document."""

    code = "camera_failed"


class CameraSilent(CommandFailed):
    """No answer in time, or the connection was refused or broke."""

    code = "camera_silent"


class CameraFailed(CommandFailed):
    """The camera answered with an error, or with something that cannot be used."""

    code = "camera_failed"


class NotAllowed(CommandFailed):
    """The camera is unknown, another agent's, disabled, or at an address this agent may not call."""

    code = "not_allowed"


class Unsupported(CommandFailed):
    """The camera's command map has no such action, or the arguments are none of its."""

    code = "unsupported"


class Interrupted(CommandFailed):
    """The agent was stopped, or held up, between taking the command and finishing it."""

    code = "interrupted"
