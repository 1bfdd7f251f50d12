// Server-sent events, causally: the server sends its second event only once this client, having seen the first, has asked it to.
import https from 'node:https';

const [, , host, gate] = process.argv;
const get = (path) => new Promise((resolve, reject) => https.get({ host, path, timeout: 15000 }, resolve).on('error', reject).on('timeout', function () { this.destroy(new Error('timeout')); }));

const events = await get(`/gated?gate=${gate}`);
let text = '';
let opened = false;
events.setEncoding('utf8');
events.on('data', async (chunk) => {
  text += chunk;
  if (!opened && text.includes('\n\n')) {
    opened = true;
    console.log('first event seen');
    (await get(`/open?gate=${gate}`)).resume();
  }
});
events.on('end', () => { console.log(text.split('\n\n').filter((event) => event).join('|')); process.exit(0); });
setTimeout(() => { console.log(`gave up with: ${text}`); process.exit(1); }, 15000);
