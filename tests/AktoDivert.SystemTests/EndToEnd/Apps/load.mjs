// Load until standard input ends: workers that keep their connection and call in turn, and one that connects anew for each call.
// Prints one line of JSON per call: when it began (Unix ms), how long it took, whether it succeeded, the worker.
import https from 'node:https';

const [, , host, path, workers, pause] = process.argv;
let stopping = false;
process.stdin.on('end', () => { stopping = true; }).resume();

const call = (agent, number, limit) => new Promise((resolve) => {
  const request = https.request({ host, path: path.replace('NUMBER', number), method: 'POST', agent, timeout: limit }, (response) => {
    response.on('end', () => resolve(response.complete ? 'ok' : 'cut')).on('error', (error) => resolve(error.code ?? error.message)).resume();
  });
  request.on('timeout', () => request.destroy(new Error('no answer'))).on('error', (error) => resolve(error.code ?? error.message));
  request.end(`lab load ${number}`);
});

let next = 0;
async function work(worker, keepAlive) {
  const agent = new https.Agent({ keepAlive, maxSockets: 1 });
  while (!stopping) {
    const number = next++;
    const started = Date.now();
    const outcome = await call(agent, number, 20000);
    console.log(JSON.stringify({ worker, number, started, milliseconds: Date.now() - started, outcome }));
    await new Promise((resolve) => setTimeout(resolve, Number(pause)));
  }
  agent.destroy();
}

await Promise.all(Array.from({ length: Number(workers) }, (_, worker) => work(worker, worker > 0)));
