// Takes the pictures of docs/images from a running dashboard, with the Chromium that is on the machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [dashboard, out, chromiumPath, packages] = process.argv.slice(2);
const { chromium } = createRequire(join(packages, 'node_modules', 'anchor.js'))('playwright-core');

const asked = async path => (await (await fetch(`${dashboard}/api/telemetry/${path}`)).json()).data;
const spansOf = data => data.resourceSpans.flatMap(resource => resource.scopeSpans).flatMap(scope => scope.spans);

async function traceOf(name) {
  for (let attempt = 0; attempt < 60; attempt++) {
    const span = spansOf(await asked('traces')).find(one => one.name === name);
    if (span) {
      return span.traceId;
    }

    await new Promise(resolve => setTimeout(resolve, 500));
  }

  throw new Error(`No trace has a span '${name}'.`);
}

const profile = mkdtempSync(join(tmpdir(), 'screenshots-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: chromiumPath,
  headless: true,
  viewport: { width: 1280, height: 640 },
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = browser.pages()[0] ?? await browser.newPage();

async function show(path, ready) {
  await page.goto(dashboard + path);
  await ready().waitFor({ timeout: 60_000 });

  // The warning is about the dashboard's own log-in, which it does not have on a developer's machine.
  const warning = page.getByText('Endpoint is unsecured');
  if (await warning.isVisible()) {
    await page.locator('.fluent-messagebar-close, fluent-button[title="Close"], .fluent-messagebar-closeButton').first().click({ timeout: 5_000 }).catch(() => {});
  }

  await page.mouse.move(0, 0);
}

const take = async name => {
  await page.waitForTimeout(1_500); // until it is drawn: nothing tells
  await page.screenshot({ path: join(out, name) });
};

try {
  await show(`/traces/detail/${await traceOf('chat resilient')}`, () => page.getByText('chat fast').first());
  await page.setViewportSize({ width: 1280, height: 336 });
  await take('trace.png');

  await page.setViewportSize({ width: 1280, height: 760 });
  await page.locator('[title="GenAI details"]').last().click();
  await page.getByText('What is a revision?').first().waitFor({ timeout: 30_000 });
  await take('genai.png');

  await show('/metrics/resource/api?meter=ChatModels&instrument=gen_ai.server.request.duration', () => page.getByText('P99 Seconds').first());
  await take('metrics.png');
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
