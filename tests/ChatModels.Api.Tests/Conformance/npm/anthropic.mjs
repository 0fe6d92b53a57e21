import Anthropic from '@anthropic-ai/sdk';
import { model, root, scenario, thrownBy, weather } from './scenario.mjs';

const client = new Anthropic({ baseURL: root, apiKey: 'any', maxRetries: 0 });
const ask = (content, more) => ({ model, max_tokens: 100, messages: [{ role: 'user', content }], ...more });

await scenario('chat', async () => {
  const answer = await client.messages.create(ask('Hi'));
  return { text: answer.content[0].text, inputTokens: answer.usage.input_tokens };
});

await scenario('stream', async () => {
  const pieces = [];
  const stream = client.messages.stream(ask('Hi'));
  stream.on('text', (text) => pieces.push(text));
  const answer = await stream.finalMessage();
  return { pieces, inputTokens: answer.usage.input_tokens };
});

await scenario('tools', async () => {
  const tools = [{ name: weather.name, description: weather.description, input_schema: weather.parameters }];
  const answer = await client.messages.create(ask('tool', { tools }));
  const call = answer.content.find((block) => block.type === 'tool_use');
  return { tool: call.name, input: call.input };
});

await scenario('error', () => thrownBy(() => client.messages.create(ask('refuse'))));

await scenario('broken', () => thrownBy(() => client.messages.stream(ask('cut')).finalMessage()));

await scenario('abort', async () => {
  const stream = client.messages.stream(ask('hang'));
  stream.on('text', () => stream.abort());
  const thrown = await thrownBy(() => stream.finalMessage());
  return { aborted: true, name: thrown.name };
});
