"""What firebase-tools is started with: no request to a function meets a connection that is being closed."""

from __future__ import annotations

import os
import subprocess

from stack.local.firebase_tools.launching import NO_KEEP_ALIVE

# as firebase-tools passes a request on: Node's own agent, and the headers of the one who asked
PROGRAM = """
const http = require("node:http");
const seen = new Set();
const server = http.createServer((request, response) => { seen.add(request.socket); response.end("here"); });
const ask = (port) => new Promise((done) => http.request(
  { host: "127.0.0.1", port, headers: { connection: "keep-alive" } },
  (answer) => answer.resume().on("close", () => setImmediate(done)),
).end());
server.listen(0, "127.0.0.1", async () => {
  for (let turn = 0; turn < 3; turn += 1) await ask(server.address().port);
  console.log(seen.size);
  server.close();
});
"""


def connections(options: str) -> int:
    done = subprocess.run(
        ["node", "-e", PROGRAM],
        env=os.environ | {"NODE_OPTIONS": options},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_every_request_has_a_connection_of_its_own_though_the_one_who_asks_wants_to_keep_it() -> None:
    assert connections("") == 1
    assert connections(f'--require "{NO_KEEP_ALIVE}"') == 3
