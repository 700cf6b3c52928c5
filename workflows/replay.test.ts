import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'

interface StoredHistory {
  readonly events: readonly [
    {
      readonly workflowExecutionStartedEventAttributes: { readonly workflowType: { readonly name: string } }
    },
  ]
}

const folder = fileURLToPath(new URL('./histories/', import.meta.url))
const stored = readdirSync(folder)
  .filter((name) => name.endsWith('.history.json'))
  .map((name) => ({ name, history: JSON.parse(readFileSync(folder + name, 'utf8')) as StoredHistory }))
const logger = new DefaultLogger('ERROR')
let workflowBundle: { readonly code: string }

beforeAll(async () => {
  Runtime.install({ logger })
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url))
  workflowBundle = await bundleWorkflowCode({ workflowsPath, logger })
})

// One stored history per shape that was ever released: what runs on somebody's server goes on under new code.
describe('a stored history', () => {
  it.each(stored)('replays under the workflows as they are: $name', async ({ history, name }) => {
    await Worker.runReplayHistory({ workflowBundle }, history, name)
  })

  it('is noticed when it does not fit the workflows', async () => {
    const attempt = stored.find(({ name }) => name.startsWith('maintain-clean-release'))
    const changed = JSON.parse(JSON.stringify(attempt?.history).replaceAll('"rebaseStack"', '"mergeStack"'))
    await expect(Worker.runReplayHistory({ workflowBundle }, changed, 'changed')).rejects.toThrow()
  })

  it.each(['watchUpstream', 'maintainRelease', 'promoteCandidate'])('is kept for %s', (type) => {
    const types = stored.map(
      ({ history }) => history.events[0].workflowExecutionStartedEventAttributes.workflowType.name,
    )
    expect(types).toContain(type)
  })
})
