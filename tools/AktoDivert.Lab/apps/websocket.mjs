// ws package with permessage-deflate: sends messages of many sizes and hashes what comes back.
import WebSocket from 'ws';
import { hashes, key, prompt, report } from './lab.mjs';

const sizes = [0, 1, 125, 126, 1000, 65535, 65536, 200000];
const messages = sizes.map((size) => prompt.repeat(Math.ceil(size / prompt.length)).slice(0, size));

await report(() => new Promise((resolve, reject) => {
  const socket = new WebSocket('wss://api.openai.com/ws', { headers: { authorization: `Bearer ${key}` }, handshakeTimeout: 10000 });
  let received = 0;
  socket.on('open', () => messages.forEach((message) => { hashes.sent.update(message); socket.send(message); }));
  socket.on('message', (message) => {
    hashes.received.update(message);
    if (++received === messages.length) socket.close(1000);
  });
  socket.on('close', (code) => (code === 1000 ? resolve(`${received} messages, ${socket.extensions}`) : reject(new Error(`closed with ${code}`))));
  socket.on('error', reject);
}));
