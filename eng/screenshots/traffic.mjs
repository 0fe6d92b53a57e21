// What the pictures show: a request that fails over, one that streams, one that fails, a batch, and the registry's numbers behind them.
const [api] = process.argv.slice(2);

const send = (method, path, body) => fetch(api + path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const chat = (model, stream = false) => send('POST', '/v1/chat/completions', { model, stream, messages: [{ role: 'system', content: 'Answer in a few words.' }, { role: 'user', content: 'What is a revision?' }] }).then(answer => answer.text());

// A store that has only just been started may say no for a moment.
async function put(path, body) {
  for (let attempt = 0; ; attempt++) {
    const answer = await send('PUT', path, body);
    if (answer.ok) {
      return;
    }

    if (attempt === 60) {
      throw new Error(`PUT ${path}: ${await answer.text()}`);
    }

    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

await put('/registry/providers/unreachable', { type: 'openai', endpoint: 'http://127.0.0.1:9/v1' });
await put('/registry/models/resilient', {
  deployments: [{ provider: 'unreachable', model: 'gpt-none' }, { provider: 'simulator', model: 'fast', priority: 1 }],
  pricing: { inputPerMillion: 2.5, outputPerMillion: 10 },
});
await put('/registry/models/nowhere', { deployments: [{ provider: 'unreachable', model: 'gpt-none' }] });

await chat('resilient');
for (let i = 0; i < 5; i++) {
  await chat('sim-fast');
}

await chat('sim-slow', true);
await chat('nowhere');

const line = id => JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: 'sim-fast', messages: [{ role: 'user', content: id }] } });
const form = new FormData();
form.append('purpose', 'batch');
form.append('file', new Blob([['a', 'b', 'c'].map(line).join('\n')]), 'input.jsonl');
const file = await (await fetch(`${api}/v1/files`, { method: 'POST', body: form })).json();
const batch = await (await send('POST', '/v1/batches', { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' })).json();
for (let i = 0; i < 120 && batch.status !== 'completed'; i++) {
  await new Promise(resolve => setTimeout(resolve, 500));
  Object.assign(batch, await (await fetch(`${api}/v1/batches/${batch.id}`)).json());
}

if (batch.status !== 'completed') {
  throw new Error(`The batch is ${batch.status}.`);
}
