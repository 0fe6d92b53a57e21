import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import { model as name, root, scenario, thrownBy, weather } from './scenario.mjs';

const model = createOpenAICompatible({ name: 'chatmodels', baseURL: `${root}/v1`, apiKey: 'any', includeUsage: true })(name);
const ask = (prompt, more) => ({ model, prompt, maxRetries: 0, ...more });

// The stream of parts, in which this client says what went wrong.
async function partsOf(options) {
  const pieces = [];
  for await (const part of streamText(ask('Hi', { onError: () => {}, ...options })).fullStream) {
    if (part.type === 'error') throw part.error instanceof Error ? part.error : Object.assign(new Error(JSON.stringify(part.error)), { name: 'StreamError' });
    if (part.type === 'text-delta') {
      pieces.push(part.text);
      options.onPiece?.();
    }
    if (part.type === 'finish') return { pieces, inputTokens: part.totalUsage.inputTokens };
    if (part.type === 'abort') return { pieces, aborted: true };
  }
  return { pieces };
}

await scenario('chat', async () => {
  const answer = await generateText(ask('Hi'));
  return { text: answer.text, inputTokens: answer.usage.inputTokens };
});

await scenario('stream', () => partsOf({ prompt: 'Hi' }));

await scenario('tools', async () => {
  const tools = { weather: tool({ description: weather.description, inputSchema: jsonSchema(weather.parameters) }) };
  const answer = await generateText(ask('tool', { tools }));
  return { tool: answer.toolCalls[0].toolName, input: answer.toolCalls[0].input };
});

await scenario('error', () => thrownBy(() => generateText(ask('refuse'))));

await scenario('broken', () => thrownBy(() => partsOf({ prompt: 'cut' })));

await scenario('abort', async () => {
  const caller = new AbortController();
  return await partsOf({ prompt: 'hang', abortSignal: caller.signal, onPiece: () => caller.abort() });
});
