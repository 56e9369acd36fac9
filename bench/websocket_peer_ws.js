// npm's ws: echoes what is binary, sends what is text to all.
//
//   node websocket_peer_ws.js plain|tls|deflate [CERTIFICATE KEY]
'use strict';
const fs = require('fs');
const http = require('http');
const https = require('https');
const { WebSocketServer } = require('ws');

const [mode, certificate, key] = process.argv.slice(2);
const server = mode === 'tls'
  ? https.createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) })
  : http.createServer();
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: mode === 'deflate' && { threshold: 0, zlibDeflateOptions: { level: 1 } },
});
sockets.on('connection', (socket) => {
  socket.on('message', (message, binary) => {
    if (binary) {
      socket.send(message, { binary: true });
    } else {
      for (const one of sockets.clients) {
        one.send(message, { binary: false });
      }
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
