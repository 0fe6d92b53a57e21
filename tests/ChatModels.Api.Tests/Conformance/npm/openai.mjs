import OpenAI from 'openai';
import { model, root, scenario, thrownBy, weather } from './scenario.mjs';

const client = new OpenAI({ baseURL: `${root}/v1`, apiKey: 'any', maxRetries: 0 });
const ask = (content, more) => ({ model, messages: [{ role: 'user', content }], ...more });

await scenario('chat', async () => {
  const answer = await client.chat.completions.create(ask('Hi'));
  return { text: answer.choices[0].message.content, inputTokens: answer.usage.prompt_tokens };
});

await scenario('stream', async () => {
  const pieces = [];
  let inputTokens;
  for await (const chunk of await client.chat.completions.create(ask('Hi', { stream: true, stream_options: { include_usage: true } }))) {
    if (chunk.choices[0]?.delta?.content) pieces.push(chunk.choices[0].delta.content);
    inputTokens = chunk.usage?.prompt_tokens ?? inputTokens;
  }
  return { pieces, inputTokens };
});

await scenario('tools', async () => {
  const answer = await client.chat.completions.create(ask('tool', { tools: [{ type: 'function', function: weather }], tool_choice: 'auto' }));
  const call = answer.choices[0].message.tool_calls[0];
  return { tool: call.function.name, input: JSON.parse(call.function.arguments) };
});

await scenario('error', () => thrownBy(() => client.chat.completions.create(ask('refuse'))));

await scenario('broken', () => thrownBy(async () => {
  for await (const _ of await client.chat.completions.create(ask('cut', { stream: true })));
}));

await scenario('abort', async () => {
  const stream = await client.chat.completions.create(ask('hang', { stream: true }));
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta?.content) stream.controller.abort();
  }
  return { aborted: true };
});
