// SMSGate's client for JavaScript, which nobody here wrote, on an HTTP of our own as its users bring one. Prints what it was told.
const [client_file, base, key, number] = process.argv.slice(2);
const { default: Client } = await import(client_file);

async function ask(method, url, body, headers) {
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), redirect: "error" });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

const http = {
  get: (url, headers) => ask("GET", url, undefined, headers),
  post: (url, body, headers) => ask("POST", url, body, headers),
  put: (url, body, headers) => ask("PUT", url, body, headers),
  patch: (url, body, headers) => ask("PATCH", url, body, headers),
  delete: (url, headers) => ask("DELETE", url, undefined, headers),
};

try {
  const client = new Client("sms", key, http, base);
  const sent = await client.send({ message: "Hello", phoneNumbers: [number] });
  const [device] = await client.getDevices();
  const span = { since: new Date(0), until: new Date() };
  await client.exportInbox({ deviceId: device.id, ...span });
  await client.patchSettings({ ping: { interval_seconds: 60 } });
  console.log(JSON.stringify({
    sent,
    state: await client.getState(sent.id),
    device,
    health: await client.getHealth(),
    settings: await client.getSettings(),
    logs: (await client.getLogs()).length,
  }));
} catch (error) {
  console.error(error);
  process.exit(1);
}
