// WebSocket: large, fragmented and compressed messages come back as they went. Over HTTP/1.1 by the ws package.
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';

const WebSocket = createRequire(`${process.env.LAB_MODULES}/`)('ws');
const [, , host] = process.argv;
const messages = [
  randomBytes(1 << 20).toString('base64'),
  'compressible '.repeat(50000),
  ['in ', 'three ', 'fragments '.repeat(9000)],
  '',
];
const socket = new WebSocket(`wss://${host}/ws`, { handshakeTimeout: 10000, perMessageDeflate: { threshold: 100 } });
let received = 0;
socket.on('open', () => messages.forEach((message) => {
  const parts = [message].flat();
  parts.forEach((part, index) => socket.send(part, { fin: index === parts.length - 1 }));
}));
socket.on('message', (message) => {
  const wanted = [messages[received++]].flat().join('');
  if (message.toString() !== wanted) { console.log(`message ${received} differs`); process.exit(1); }
  if (received === messages.length) socket.close(1000, 'done');
});
socket.on('close', (code) => { console.log(`${received} right, ${socket.extensions || 'no extension'}, closed with ${code}`); });
socket.on('error', (error) => { console.log(error.message); process.exit(1); });
