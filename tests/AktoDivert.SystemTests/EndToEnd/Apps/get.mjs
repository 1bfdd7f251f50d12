// One GET; says what came of it.
import https from 'node:https';

const [, , url] = process.argv;
https.get(url, { timeout: 15000 }, (response) => {
  response.resume().on('end', () => console.log(`status ${response.statusCode}`));
}).on('error', (error) => { console.log(`refused: ${error.code ?? error.message}`); });
