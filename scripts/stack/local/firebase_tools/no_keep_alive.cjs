// Loaded into firebase-tools: each request to a function has a connection of its own.
//
// The functions' server closes a connection that was idle for two seconds. Where a request is sent on it in that very
// moment, firebase-tools answers it with 500, loses an event, and kills the function's process.
require("node:http").globalAgent.keepAlive = false;
