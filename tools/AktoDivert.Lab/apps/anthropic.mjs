// @anthropic-ai/sdk: one answer as JSON or as a stream. Argument: json | stream.
import Anthropic from '@anthropic-ai/sdk';
import { hashingFetch, key, prompt, report } from './lab.mjs';

const client = new Anthropic({ apiKey: key, fetch: hashingFetch, maxRetries: 0 });
const question = { model: 'claude-haiku-4-5', max_tokens: 50, messages: [{ role: 'user', content: prompt }] };

await report(async () => {
  if (process.argv[2] === 'json') return (await client.messages.create(question)).content[0].text;
  let text = '';
  for await (const event of await client.messages.create({ ...question, stream: true })) {
    if (event.type === 'content_block_delta') text += event.delta.text;
  }
  return text;
});
