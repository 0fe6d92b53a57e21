import { ChatOpenAI } from '@langchain/openai';
import { model, root, scenario, thrownBy, weather } from './scenario.mjs';

const client = new ChatOpenAI({ model, apiKey: 'any', maxRetries: 0, configuration: { baseURL: `${root}/v1` } });

await scenario('chat', async () => {
  const answer = await client.invoke('Hi');
  return { text: answer.content, inputTokens: answer.usage_metadata.input_tokens };
});

await scenario('stream', async () => {
  const pieces = [];
  let inputTokens;
  for await (const chunk of await client.stream('Hi')) {
    if (chunk.content) pieces.push(chunk.content);
    inputTokens = chunk.usage_metadata?.input_tokens ?? inputTokens;
  }
  return { pieces, inputTokens };
});

await scenario('tools', async () => {
  const answer = await client.bindTools([{ type: 'function', function: weather }]).invoke('tool');
  return { tool: answer.tool_calls[0].name, input: answer.tool_calls[0].args };
});

await scenario('error', () => thrownBy(() => client.invoke('refuse')));

await scenario('broken', () => thrownBy(async () => {
  for await (const _ of await client.stream('cut'));
}));

await scenario('abort', async () => {
  const caller = new AbortController();
  const thrown = await thrownBy(async () => {
    for await (const chunk of await client.stream('hang', { signal: caller.signal })) {
      if (chunk.content) caller.abort();
    }
  });
  return { aborted: true, name: thrown.name };
});
