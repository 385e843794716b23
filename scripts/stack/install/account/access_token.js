// Prints the access token of the account that is signed in to the Firebase CLI of this checkout; nothing without one.
const tools = process.argv[2];
const auth = require(`${tools}/lib/auth`);
const api = require(`${tools}/lib/apiv2`);
const { requireAuth } = require(`${tools}/lib/requireAuth`);

async function main() {
  const account = auth.selectAccount(undefined, process.argv[3]);
  // without any of these, the CLI would look for the metadata server of a virtual machine, for many seconds
  if (!account && !process.env.FIREBASE_TOKEN && !process.env.GOOGLE_APPLICATION_CREDENTIALS) return;
  await requireAuth({ ...(account ?? {}), projectRoot: process.argv[3] });
  const token = await api.getAccessToken();
  // where Google takes a refresh token no more, the CLI passes it on as if it were an access token
  const refused = token === (account?.tokens.refresh_token ?? process.env.FIREBASE_TOKEN) && !token.startsWith("ya29.");
  if (!refused) process.stdout.write(token);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
