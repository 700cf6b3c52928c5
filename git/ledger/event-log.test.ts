import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openMirror } from '../mirror/mirror.ts'
import { readRef } from '../mirror/refs.ts'
import { makeFolder, type TestFolder } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { readEvents, recordEvent } from './event-log.ts'
import { joinLedgers } from './join-ledgers.ts'
import { ledgerRef, readLedger } from './ledger.ts'
import type { LedgerEvent } from './ledger-event.ts'

let folder: TestFolder
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => folder.remove())

const line = { fork: 'mine', line: 'main' }
const set: LedgerEvent = {
  kind: 'line-set',
  ...line,
  tag: 'v3.6.3',
  by: 'ann',
  at: '2026-05-01T12:00:00Z',
  reason: 'v3.7.0 was a mistake',
  before: 'v3.7.0',
}
const promotion: LedgerEvent = {
  kind: 'promotion',
  ...line,
  tag: 'v3.6.4',
  by: 'ann',
  at: '2026-05-02T12:00:00Z',
  attempt: 'maintain/mine/main/v3.6.4',
  branch: 'main',
  from: 'a'.repeat(40),
  to: 'b'.repeat(40),
  backups: [{ remote: 'origin', ref: 'refs/heads/undrift/backup/main/aaaaaaaaaaaa' }],
}

it('keeps what persons did to a line, the newest first and each once, beside its attempts', async () => {
  const first = await recordEvent(mirror, set)
  const second = await recordEvent(mirror, promotion)
  expect(await recordEvent(mirror, set)).toBe(first)
  expect(await readEvents(mirror, line)).toEqual([
    { ...promotion, oid: second },
    { ...set, oid: first },
  ])
  expect(await readLedger(mirror, line)).toEqual([])
  // A published ledger that ends with an event is a ledger of the line all the same.
  const tip = await readRef(mirror, ledgerRef(line))
  expect(await joinLedgers(mirror, line, tip ?? '')).toEqual({ kind: 'joined', tip })
})
