// Calls through the gate on one HTTP/2 connection, each with a fate of its own, and says which did not get what was theirs.
//   node client.mjs PORT CA_FILE SEED STREAMS MOST_BYTES SETTINGS_JSON
import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import tls from 'node:tls';

const [port, caFile, seed, streams, most, settings] = process.argv.slice(2);
const host = 'api.ai.test';
const ca = fs.readFileSync(caFile);
const blocked = '{"error":{"type":"blocked_by_gate"}}';
let state = Number(seed) * 2654435761 % 4294967296 || 1;
const random = n => { state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0; return state % n; };
const session = http2.connect(`https://${host}`, {
  settings: { enablePush: true, ...JSON.parse(settings) },
  createConnection: () => tls.connect({ host: '127.0.0.1', port: Number(port), servername: host, ca, ALPNProtocols: ['h2'] }),
});
const bad = [];
session.on('error', error => bad.push(`session: ${error.message}`));
const pushes = new Map();
session.on('stream', (stream, headers) => {
  const parts = [];
  stream.on('data', part => parts.push(part));
  stream.on('end', () => pushes.set(headers[':path'], Buffer.concat(parts).toString()));
  stream.on('error', () => {});
});

const kinds = ['echo', 'pass', 'mask', 'block', 'deny', 'abort', 'early', 'trailers', 'get', 'word', 'push'];
const call = number => new Promise(resolve => {
  if (session.destroyed) return resolve(`${number}: the session is gone`);
  const kind = kinds[random(kinds.length)];
  const size = 20 + random(Number(most));
  const unique = `unique-${number}-${size}`;
  const body = Buffer.alloc(size, 97 + number % 26);
  const secret = kind === 'mask' ? 'SECRET42' : kind === 'block' ? 'BLOCKME' : '';
  body.write(secret, size >> 1);
  const expected = kind === 'mask' ? Buffer.from(body.toString('latin1').replace('SECRET42', '********'), 'latin1') : body;
  const path = { deny: '/deny', early: '/early', trailers: '/trailers', get: '/get', word: '/word', push: '/push' }[kind] ?? '/echo';
  const get = kind === 'get' || kind === 'word' || kind === 'push';
  const request = session.request({
    ':path': path + (kind === 'push' ? `?${number}` : ''), ':method': get ? 'GET' : 'POST', 'x-uniq': unique, 'x-common': `common-${number % 5}`,
    'x-hold-ms': `${random(50)}`, ...(kind === 'pass' ? { 'x-pass': '1' } : {}),
  }, { endStream: get, waitForTrailers: kind === 'trailers' });
  const parts = [];
  let head, tail;
  const done = bad => resolve(bad && `${number} ${kind} of ${size}: ${bad}`);
  const late = setTimeout(() => done(`no end; status ${head?.[':status']}, ${Buffer.concat(parts).length} bytes`), 60_000);
  request.on('response', headers => { head = headers; });
  request.on('trailers', headers => { tail = headers; });
  request.on('wantTrailers', () => request.sendTrailers({ 'x-sent': unique }));
  request.on('data', part => parts.push(part));
  request.on('error', error => { clearTimeout(late); done(kind === 'abort' ? null : error.message); });
  request.on('close', () => {
    clearTimeout(late);
    const text = Buffer.concat(parts);
    switch (kind) {
      case 'abort': return done(null);
      case 'block': case 'deny': return done(head?.[':status'] === 400 && text.toString() === blocked ? null : `status ${head?.[':status']} ${text.subarray(0, 80)}`);
      case 'early': return done(text.toString() === 'early' ? null : `${text.subarray(0, 80)}`);
      case 'get': return done(text.toString() === 'got' && head['x-uniq'] === unique ? null : `${text.subarray(0, 80)} ${head?.['x-uniq']}`);
      case 'word': return done(text.toString() === 'one ********** two' ? null : `${text}`);
      case 'push': return done(text.toString() === 'pusher' ? null : `${text}`);
      case 'trailers':
        if (tail?.['x-trailer'] !== unique) return done(`trailers ${JSON.stringify(tail)}`);
      // falls through
      default: return done(head?.['x-uniq'] !== unique ? `x-uniq ${head?.['x-uniq']}` : text.equals(expected) ? null : `another body of ${text.length}`);
    }
  });
  if (kind === 'abort') setTimeout(() => request.close(http2.constants.NGHTTP2_CANCEL), random(20));
  if (!get) request.end(body);
});

session.on('goaway', code => code && bad.push(`goaway ${code}`));
for (let round = 0; round < 2; round++) {
  const calls = Array.from({ length: Number(streams) }, (_, i) => call(i + round * Number(streams)));
  bad.push(...(await Promise.all(calls)).filter(Boolean));
}
for (const [path, text] of pushes) if (text !== `pushed ${path}`) bad.push(`push ${path}: ${text}`);
await new Promise(resolve => session.close(resolve));

// The same gate over HTTP/1.1 with Node's https: what passes, what is masked, what is blocked.
const agent = new https.Agent({ keepAlive: true });
const post = body => new Promise((resolve, reject) => {
  const request = https.request({ host: '127.0.0.1', port, servername: host, ca, agent, path: '/echo', method: 'POST', headers: { host, 'x-uniq': 'h1' } }, response => {
    const parts = [];
    response.on('data', part => parts.push(part));
    response.on('end', () => resolve(`${response.statusCode} ${Buffer.concat(parts)}`));
  });
  request.on('error', reject);
  request.end(body);
});
for (const [body, answer] of [['plain', '200 plain'], ['a SECRET42', '200 a ********'], ['BLOCKME', `400 ${blocked}`], ['again', '200 again']]) {
  const got = await post(body).catch(error => error.message);
  if (got !== answer) bad.push(`https ${body}: ${got}`);
}
agent.destroy();
console.log(JSON.stringify({ bad, pushes: pushes.size }));
process.exit(0);
