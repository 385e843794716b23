"""The running agent: listens, queues commands per camera, executes them and reports how they ended."""
