// One JSON line for each scenario, for the test that started this script.
export const root = process.env.CHATMODELS_ADDRESS;
export const model = process.env.CHATMODELS_MODEL;

export const weather = {
  name: 'weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

export async function scenario(name, run) {
  try {
    console.log(JSON.stringify({ scenario: name, ...(await run()) }));
  } catch (error) {
    console.log(JSON.stringify({ scenario: name, thrown: `${error?.name}: ${error?.message}` }));
  }
}

// What a client throws, as far as every client says it.
export async function thrownBy(run) {
  try {
    await run();
    return {};
  } catch (error) {
    return { name: error.name, status: error.status ?? error.statusCode, message: error.message };
  }
}
