"""``python -m lookout_agent`` is ``lookout-agent``."""

from lookout_agent.cli import main

main()
