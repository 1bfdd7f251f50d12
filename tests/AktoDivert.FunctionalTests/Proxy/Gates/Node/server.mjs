// What gates are tried on, with windows and padding that Kestrel does not do. Ends with its input.
//   node server.mjs KEY_FILE CERTIFICATE_FILE plain|small|changing
import fs from 'node:fs';
import http2 from 'node:http2';

const [key, cert, kind] = process.argv.slice(2);
const server = http2.createSecureServer({
  key: fs.readFileSync(key), cert: fs.readFileSync(cert), allowHTTP1: true,
  settings: { maxConcurrentStreams: 1000, ...(kind === 'small' ? { initialWindowSize: 3000 } : {}) },
  paddingStrategy: kind === 'small' ? http2.constants.PADDING_STRATEGY_MAX : http2.constants.PADDING_STRATEGY_NONE,
});
const windows = [1000, 65_535, 20_000, 0];
server.on('session', session => {
  if (kind !== 'changing') return;
  // The next once the last is acknowledged: a peer may end a connection over many that are not.
  let n = 0;
  const change = () => session.destroyed || session.closed
    || session.settings({ initialWindowSize: windows[n++ % windows.length] }, () => setTimeout(change, 15));
  change();
});
server.on('sessionError', error => console.error(`server: ${error.message}`));
server.on('request', (request, response) => {
  request.on('error', () => {});
  response.on('error', () => {});
  const unique = request.headers['x-uniq'] ?? '';
  const path = request.url.split('?')[0];
  response.setHeader('x-uniq', unique);
  if (path === '/early') {
    request.resume();
    return response.end('early');
  }
  if (path === '/get') return response.end('got');
  if (path === '/word') {
    response.write('one WORD');
    return setImmediate(() => response.end('TOMASK two'));
  }
  if (path === '/push') {
    const pushed = `/pushed-${request.url}`;
    request.stream.pushStream({ ':path': pushed }, (error, stream) => {
      if (!error) {
        stream.on('error', () => {});
        stream.respond({ ':status': 200, 'x-uniq': unique });
        stream.end(`pushed ${pushed}`);
      }
      response.end('pusher');
    });
    return;
  }
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', () => {
    const trailers = path === '/trailers' && request.trailers['x-sent'] === unique;
    if (trailers) response.addTrailers({ 'x-trailer': unique });
    response.end(Buffer.concat(parts));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
