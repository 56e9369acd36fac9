// npm ws as a client of our server and as a server for our client.
//
//   npm_peer.js client URL [CA]         talks to our server; prints what went wrong, ends with 1
//   npm_peer.js server [CERT KEY]       prints its port and echoes, in fragments among pings
'use strict';
const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const https = require('https');
const WebSocket = require('ws');

/// Messages as they come, to be awaited one by one.
class Inbox {
  constructor(socket) {
    this.kept = [];
    this.asked = [];
    socket.on('message', (data, binary) => {
      const message = binary ? data : data.toString();
      if (this.asked.length > 0) this.asked.shift()(message);
      else this.kept.push(message);
    });
  }
  next() {
    if (this.kept.length > 0) return Promise.resolve(this.kept.shift());
    return new Promise((resolve) => this.asked.push(resolve));
  }
}

function event(socket, name) {
  return new Promise((resolve, reject) => {
    socket.once(name, (...values) => resolve(values));
    if (name !== 'close') socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    socket.once('error', reject);
  });
}

async function talk(url, options, extension) {
  const socket = new WebSocket(url, ['chat'], options);
  const inbox = new Inbox(socket);
  await event(socket, 'open');
  assert.strictEqual(socket.protocol, 'chat');
  assert.ok(socket.extensions.startsWith(extension), socket.extensions);
  const messages = ['hello', '', '\u00e4\u20ac\u{1f600}'.repeat(1000), Buffer.alloc(1 << 20, 'x'),
    crypto.randomBytes(3000000), 'a'.repeat(1 << 20)];
  for (const message of messages) {
    socket.send(message);
    assert.deepStrictEqual(await inbox.next(), message);
  }
  for (let i = 0; i < 1000; ++i) socket.send(`number ${i}`);
  for (let i = 0; i < 1000; ++i) assert.strictEqual(await inbox.next(), `number ${i}`);
  socket.send('frag', { fin: false });
  socket.ping('between');
  socket.send('ment', { fin: false });
  socket.send('ed', { fin: true });
  const [pong] = await event(socket, 'pong');
  assert.strictEqual(pong.toString(), 'between');
  assert.strictEqual(await inbox.next(), 'fragmented');
  socket.send('go away');
  const [code, reason] = await event(socket, 'close');
  assert.deepStrictEqual([code, reason.toString()], [4000, 'as you wish']);
}

async function close_and_ask(url, options) {
  const first = new WebSocket(url, options);
  await event(first, 'open');
  first.close(3001, 'bye');
  assert.deepStrictEqual((await event(first, 'close'))[0], 3001);
  const second = new WebSocket(url, options);
  const inbox = new Inbox(second);
  await event(second, 'open');
  second.send('how did the last one end?');
  assert.strictEqual(await inbox.next(), '3001 bye cleanly');
  second.terminate();
}

async function client(url, ca) {
  const trust = ca ? { ca: fs.readFileSync(ca) } : {};
  await talk(url, { ...trust, perMessageDeflate: false }, '');
  await talk(url, { ...trust, perMessageDeflate: { threshold: 0 } }, 'permessage-deflate');
  await talk(url, { ...trust, perMessageDeflate: { threshold: 0, serverNoContextTakeover: true,
    clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 10 } },
  'permessage-deflate');
  await close_and_ask(url, trust);
}

function echo_in_fragments(socket) {
  socket.on('message', (data, binary) => {
    const half = data.length >> 1;
    socket.send(data.subarray(0, half), { binary, fin: false });
    socket.ping('half');
    socket.send(data.subarray(half), { binary, fin: true });
  });
}

function server(certificate, key) {
  const perMessageDeflate = { threshold: 0 };
  const tell = (port) => console.log(port);
  if (!certificate) {
    const plain = new WebSocket.Server({ host: '127.0.0.1', port: 0, perMessageDeflate },
      () => tell(plain.address().port));
    plain.on('connection', echo_in_fragments);
    return;
  }
  const below = https.createServer({ cert: fs.readFileSync(certificate),
    key: fs.readFileSync(key) });
  new WebSocket.Server({ server: below, perMessageDeflate }).on('connection', echo_in_fragments);
  below.listen(0, '127.0.0.1', () => tell(below.address().port));
}

const [what, ...words] = process.argv.slice(2);
if (what === 'server') {
  server(...words);
} else {
  client(...words).then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
  });
}
