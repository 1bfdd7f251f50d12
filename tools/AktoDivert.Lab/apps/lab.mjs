// What the lab's Node clients share: a fetch that hashes both bodies on their way, and the report in the last line of output.
import { createHash } from 'node:crypto';

export const { LAB_KEY: key, LAB_PROMPT: prompt } = process.env;
export const hashes = { sent: createHash('sha256'), received: createHash('sha256') };

export async function hashingFetch(url, init = {}) {
  hashes.sent.update(init.body ?? '');
  const response = await fetch(url, init);
  if (!response.body) return response;
  const body = response.body.pipeThrough(new TransformStream({
    transform(chunk, controller) {
      hashes.received.update(chunk);
      controller.enqueue(chunk);
    },
  }));
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}

export async function report(run) {
  try {
    const detail = await run();
    print({ ok: detail.length > 0, status: 200, detail });
  } catch (error) {
    const cause = error.cause?.cause ?? error.cause;
    print({ ok: false, status: error.status ?? 0, detail: `${error.message} ${cause?.code ?? cause?.message ?? ''}`.trim() });
  }
}

function print(result) {
  console.log(JSON.stringify({ ...result, sentSha256: hashes.sent.digest('hex'), receivedSha256: hashes.received.digest('hex') }));
}
