// HTTP/2: opens N streams on one connection, all of them at once, sends a body of its own on each, and checks each answer.
import http2 from 'node:http2';
import { createHash, randomBytes } from 'node:crypto';

const [, , host, count, mark] = process.argv;
const connection = http2.connect(`https://${host}`);
connection.on('error', (error) => { console.log(`connection: ${error.message}`); process.exit(1); });
const bodies = Array.from({ length: Number(count) }, (_, number) => Buffer.concat([Buffer.from(`${mark} ${number} `), randomBytes(4000 + 37 * number)]));
const streams = bodies.map((body, number) => {
  const stream = connection.request({ ':method': 'POST', ':path': `/echo?mark=${mark}&number=${number}`, 'content-type': 'text/plain' });
  stream.write(body.subarray(0, 2000));
  return stream;
});
const answers = streams.map((stream) => new Promise((resolve, reject) => {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text)).on('error', reject);
}));
// No stream ends before all have begun.
await new Promise((resolve) => setTimeout(resolve, 300));
streams.forEach((stream, number) => stream.end(bodies[number].subarray(2000)));
const right = (await Promise.all(answers)).filter((answer, number) =>
  JSON.parse(answer).sha256 === createHash('sha256').update(bodies[number]).digest('hex')).length;
console.log(`${right} of ${count} right`);
connection.close();
