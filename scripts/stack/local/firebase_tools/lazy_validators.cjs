// Loaded into firebase-tools: what comes to the Auth emulator is checked by code that is made when it first comes.
//
// The emulator makes it for each of its calls when it starts: up to nine seconds of a processor, for the few that
// are ever called.
if (/\bfirebase(\.js)?$/.test(process.argv[1] ?? "")) {
  const options = require("exegesis/lib/options.js");
  const compile = options.compileOptions;
  options.compileOptions = (given) => compile({ lazyCompileValidationSchemas: true, ...given });
}
