import OpenAI, { toFile } from 'openai';
import { model, root, scenario, thrownBy } from './scenario.mjs';

const client = new OpenAI({ baseURL: `${root}/v1`, apiKey: 'any', maxRetries: 0 });
const line = (id, name, content) =>
  JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: { model: name, messages: [{ role: 'user', content }] } });

async function create(lines, more) {
  const file = await client.files.create({ file: await toFile(Buffer.from(lines.join('\n')), 'input.jsonl'), purpose: 'batch' });
  const batch = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h', ...more });
  return { file, batch };
}

async function until(id, ends) {
  for (let tries = 0; tries < 400; tries++) {
    const batch = await client.batches.retrieve(id);
    if (ends.includes(batch.status)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${id} did not become ${ends}`);
}

const read = async (id) => (await (await client.files.content(id)).text()).trim().split('\n').map((text) => JSON.parse(text));

await scenario('batch', async () => {
  const { file, batch } = await create([line('a', model, 'Hi'), line('b', model, 'refuse'), line('c', model, 'Hi')], { metadata: { team: 'red' } });
  const done = await until(batch.id, ['completed', 'failed']);
  const output = await read(done.output_file_id);
  const errors = await read(done.error_file_id);
  const listed = [];
  for await (const one of client.batches.list({ limit: 1 })) {
    listed.push(one.id);
    if (one.id === batch.id || listed.length > 100) break;
  }
  const files = [];
  for await (const one of client.files.list({ purpose: 'batch_output' })) files.push(one.id);
  const deleted = await client.files.delete(file.id);
  const gone = await thrownBy(() => client.files.retrieve(file.id));
  return {
    statuses: [batch.status, done.status],
    counts: done.request_counts,
    metadata: done.metadata,
    output: output.map((one) => [one.custom_id, one.response.status_code, one.response.body.choices[0].message.content]),
    errors: errors.map((one) => [one.custom_id, one.response.status_code, one.response.body.error.message]),
    listed: listed.includes(batch.id),
    results: [done.output_file_id, done.error_file_id].every((id) => files.includes(id)),
    deleted: deleted.deleted,
    gone: gone.status,
  };
});

await scenario('cancel', async () => {
  const { batch } = await create(Array.from({ length: 2000 }, (_, i) => line(`slow-${i}`, 'sim-slow', 'Hi')));
  await until(batch.id, ['in_progress']);
  const cancelling = await client.batches.cancel(batch.id);
  const cancelled = await until(batch.id, ['cancelled']);
  const again = await thrownBy(() => client.batches.cancel(batch.id));
  return { cancelling: cancelling.status, cancelled: cancelled.status, total: cancelled.request_counts.completed + cancelled.request_counts.failed, again: again.status };
});

await scenario('mistakes', async () => {
  const { batch } = await create([line('a', model, 'Hi'), 'not json', line('a', model, 'Hi')]);
  const failed = await until(batch.id, ['completed', 'failed']);
  return { status: failed.status, mistakes: failed.errors.data.map((one) => [one.code, one.line]) };
});

await scenario('refused', () => thrownBy(() => client.batches.create({ input_file_id: 'file-none', endpoint: '/v1/chat/completions', completion_window: '24h' })));
