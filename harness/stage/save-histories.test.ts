import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveHistories } from './save-histories.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-histories-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('saved histories', () => {
  it('name neither the machine nor its folders, not even inside of payloads', async () => {
    const world = '/tmp/somewhere'
    const payload = Buffer.from(`{"path":"${world}/data"}`).toString('base64')
    const metadata = { 'undrift-signature': `${hostname()}/A=` }
    const history = {
      events: [{ identity: `7@${hostname()}`, input: { payloads: [{ metadata, data: payload }] } }],
    }
    await saveHistories(folder, { 'maintain/fork/main/v1.1.0': JSON.stringify(history) }, { world })
    const [file = ''] = await readdir(folder)
    expect(file).toBe('maintain-fork-main-v1.1.0.history.json')
    const saved = JSON.parse(await readFile(join(folder, file), 'utf8'))
    expect(saved.events[0].identity).toBe('7@host')
    expect(saved.events[0].input.payloads[0].metadata).toEqual(metadata)
    const inside = Buffer.from(saved.events[0].input.payloads[0].data, 'base64').toString()
    expect(inside).toBe('{"path":"/world/data"}')
  })
})
