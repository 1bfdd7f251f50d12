// openai package, streamed. Argument: chat | responses.
import OpenAI from 'openai';
import { hashingFetch, key, prompt, report } from './lab.mjs';

const client = new OpenAI({ apiKey: key, fetch: hashingFetch, maxRetries: 0 });

await report(async () => {
  let text = '';
  if (process.argv[2] === 'chat') {
    const stream = await client.chat.completions.create({ model: 'gpt-5', stream: true, messages: [{ role: 'user', content: prompt }] });
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  } else {
    const stream = await client.responses.create({ model: 'gpt-5', stream: true, input: prompt });
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
  }
  return text;
});
