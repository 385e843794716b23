"""A function that logs many lines, in the request's thread and in a thread beside it, and a library that warns."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextvars import copy_context

from lookout.log import Severity, log
from lookout.web.answer import Request, endpoint, guarded

LINES = 60


@guarded
@endpoint("GET")
def work(request: Request) -> Mapping[str, object]:
    caller = request.args["caller"]

    def write(where: str) -> None:
        for number in range(LINES):
            log(Severity.INFO, "line", caller=caller, where=where, number=number, text="x" * (number * 40))

    beside = threading.Thread(target=copy_context().run, args=(write, "beside"))
    beside.start()
    write("request")
    beside.join()
    logging.getLogger("a.library").warning("retrying\nsoon")
    logging.getLogger("a.library").info("not of interest")
    return {"lines": LINES}
