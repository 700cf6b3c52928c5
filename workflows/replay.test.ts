import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { dataFolder } from '../config/data-folder.ts'
import { makeFolder } from '../git/testing.ts'
import { sealingCodec } from '../seal/codec.ts'
import type { Keyring } from '../seal/keyring.ts'
import { signingKey } from '../seal/keys.ts'

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
/** As a worker opens them that trusts every key: those that signed the stored histories are gone. */
const ring: Keyring = {
  own: signingKey('installation', { data: dataFolder(makeFolder().path), env: {} }),
  sign: () => ({ at: '', signature: Buffer.alloc(0) }),
  check: ({ id, at }) => ({ by: id, at, kind: 'installation' }),
}
const dataConverter = { payloadCodecs: [sealingCodec(ring, 'around')] }

beforeAll(async () => {
  Runtime.install({ logger })
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url))
  const interceptors = fileURLToPath(new URL('./interceptors.ts', import.meta.url))
  workflowBundle = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [interceptors],
    logger,
  })
})

// One stored history per shape that was ever released: what runs on somebody's server goes on under new code.
describe('a stored history', () => {
  it.each(stored)('replays under the workflows as they are: $name', async ({ history, name }) => {
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history, name)
  })

  it('is noticed when it does not fit the workflows', async () => {
    const attempt = stored.find(({ name }) => name.startsWith('maintain-clean-release'))
    const changed = JSON.parse(JSON.stringify(attempt?.history).replaceAll('"rebaseStack"', '"mergeStack"'))
    await expect(
      Worker.runReplayHistory({ workflowBundle, dataConverter }, changed, 'changed'),
    ).rejects.toThrow()
  })

  it.each(['watchUpstream', 'maintainRelease', 'promoteCandidate'])('is kept for %s', (type) => {
    const types = stored.map(
      ({ history }) => history.events[0].workflowExecutionStartedEventAttributes.workflowType.name,
    )
    expect(types).toContain(type)
  })
})
