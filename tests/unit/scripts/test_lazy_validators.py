"""What firebase-tools is started with: the Auth emulator makes no code to check calls that do not come."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from stack.install.bootstrap import ROOT
from stack.local.firebase_tools.launching import LAZY_VALIDATORS

# a call of two kinds of body, as the Auth emulator has them described
PROGRAM = """
const exegesis = require(%s);
const schema = { type: "object", required: ["email"], properties: { email: { type: "string" } } };
const openApiDoc = { openapi: "3.0.0", info: { title: "", version: "" }, paths: { "/sign-up": { post: {
  operationId: "signUp", "x-exegesis-controller": "all",
  requestBody: { content: { "application/json": { schema } } }, responses: { default: { description: "" } },
} } } };
const made = [];
const Ajv = require(%s).default;
const compile = Ajv.prototype.compile;
Ajv.prototype.compile = function (...given) { made.push(1); return compile.apply(this, given); };
const say = async () => {
  const runner = await exegesis.compileRunner(openApiDoc, { controllers: { all: { signUp: () => "in" } } });
  const atStart = made.length;
  const server = require("node:http").createServer(async (request, response) =>
    exegesis.writeHttpResult(await runner(request, response), response));
  server.listen(0, "127.0.0.1", async () => {
    const ask = async (email) => (await fetch(`http://127.0.0.1:${server.address().port}/sign-up`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email }) })).status;
    console.log(JSON.stringify([atStart, await ask("a@b.c"), await ask(3)]));
    process.exit();
  });
};
say();
"""


@pytest.mark.parametrize(("called", "is_lazy"), [("firebase.js", True), ("another.js", False)])
def test_calls_are_checked_as_ever_and_code_for_it_is_made_when_one_comes(
    tmp_path: Path, called: str, is_lazy: bool
) -> None:
    modules = ROOT / "node_modules"
    program = tmp_path / called
    program.write_text(PROGRAM % (json.dumps(str(modules / "exegesis")), json.dumps(str(modules / "ajv"))))
    done = subprocess.run(
        ["node", "--require", str(LAZY_VALIDATORS), str(program)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    at_start, right, wrong = json.loads(done.stdout)
    assert (at_start == 0) is is_lazy
    assert (right, wrong) == (200, 400)
