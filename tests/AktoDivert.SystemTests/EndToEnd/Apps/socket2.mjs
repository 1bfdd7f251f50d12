// WebSocket over HTTP/2 (RFC 8441): extended CONNECT, then masked frames written by hand, one of them in two fragments.
import http2 from 'node:http2';
import { randomBytes } from 'node:crypto';

const [, , host] = process.argv;
const frame = (opcode, fin, payload) => {
  const head = payload.length < 126
    ? Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | payload.length])
    : Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode, 0x80 | 127]), Buffer.from(BigInt(payload.length).toString(16).padStart(16, '0'), 'hex')]);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ mask[index & 3])]);
};
const large = Buffer.from(randomBytes(150000).toString('base64'));
const connection = http2.connect(`https://${host}`);
connection.on('error', (error) => { console.log(`connection: ${error.message}`); process.exit(1); });
connection.once('remoteSettings', (settings) => {
  if (!settings.enableConnectProtocol) { console.log('the server offers no extended CONNECT'); process.exit(1); }
  const stream = connection.request(
    { ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':authority': host, ':path': '/ws', 'sec-websocket-version': '13' },
    { endStream: false });
  let received = Buffer.alloc(0);
  stream.on('response', (headers) => {
    if (headers[':status'] !== 200) { console.log(`status ${headers[':status']}`); process.exit(1); }
    stream.write(frame(1, false, Buffer.from('in two ')));
    stream.write(frame(0, true, Buffer.from('fragments')));
    stream.write(frame(1, true, large));
    stream.write(frame(8, true, Buffer.from([0x03, 0xe8])));
  });
  stream.on('data', (chunk) => { received = Buffer.concat([received, chunk]); });
  stream.on('end', () => {
    const whole = received.includes('in two fragments') && received.includes(large) && received.includes(Buffer.from([0x88, 0x02, 0x03, 0xe8]));
    console.log(whole ? 'all right' : `other bytes came back: ${received.length}`);
    connection.close();
  });
  stream.on('error', (error) => { console.log(error.message); process.exit(1); });
});
