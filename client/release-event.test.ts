import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UndriftError } from '../domain/errors.ts'
import { parseEvent, readEvent } from './release-event.ts'

const event = {
  id: '1',
  type: 'upstream.release',
  occurredAt: '2026-07-30T09:12:41Z',
  receivedAt: '2026-07-30T09:13:02.123+02:00',
  payload: { repo: 'openai/codex', tag: 'v1.2.0' },
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-event-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function parse(value: unknown) {
  return parseEvent(Buffer.from(JSON.stringify(value)), 'e.json')
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UndriftError && error.exitCode === 2) return error.message
  }
  throw new Error('it was not refused')
}

describe('an event file', () => {
  it('is read for the fields that count, and others are ignored', () => {
    expect(parse({ ...event, more: 1, payload: { ...event.payload, more: [] } })).toEqual(event)
    const { occurredAt: _occurred, receivedAt: _received, ...short } = event
    expect(parse(short)).toEqual(short)
  })

  it.each<[string, unknown, string]>([
    ['no id', { ...event, id: undefined }, 'id'],
    ['an empty id', { ...event, id: '' }, 'id'],
    ['an endless id', { ...event, id: 'x'.repeat(501) }, 'id'],
    ['a number for an id', { ...event, id: 1 }, 'id'],
    ['another type', { ...event, type: 'push' }, 'type'],
    ['a time that is none', { ...event, occurredAt: 'yesterday' }, 'occurredAt'],
    ['a word with a number', { ...event, occurredAt: 'hello 5' }, 'occurredAt'],
    ['a day that no month has', { ...event, occurredAt: '2026-02-30T00:00:00Z' }, 'occurredAt'],
    ['a bare number', { ...event, receivedAt: '5' }, 'receivedAt'],
    ['an empty time', { ...event, receivedAt: '' }, 'receivedAt'],
    ['null for a time', { ...event, receivedAt: null }, 'receivedAt'],
    ['a number for a time', { ...event, receivedAt: 1 }, 'receivedAt'],
    ['no payload', { ...event, payload: null }, 'payload'],
    ['no tag', { ...event, payload: { repo: 'a' } }, 'payload.tag'],
    ['an option for a tag', { ...event, payload: { repo: 'a', tag: '--upload-pack=x' } }, 'payload.tag'],
    ['a tag that Git cannot hold', { ...event, payload: { repo: 'a', tag: 'a..b' } }, 'payload.tag'],
    ['an endless tag', { ...event, payload: { repo: 'a', tag: 'v'.repeat(300) } }, 'payload.tag'],
    ['a repository with a line break', { ...event, payload: { repo: 'a\nb', tag: 'v1' } }, 'payload.repo'],
    ['an escape', { ...event, payload: { repo: '\u001b[2J', tag: 'v1' } }, 'payload.repo'],
    ['an endless repository', { ...event, payload: { repo: 'a'.repeat(501), tag: 'v1' } }, 'payload.repo'],
    ['a list', [], 'the whole'],
    ['nothing', null, 'the whole'],
  ])('is refused with the field that is wrong: %s', (_what, value, field) => {
    expect(refusal(() => parse(value))).toContain(`${field}: `)
  })

  it('is told of every field that is wrong at once', () => {
    const message = refusal(() => parse({ ...event, id: '', type: 'x', payload: { repo: '', tag: '' } }))
    for (const field of ['id', 'type', 'payload.repo', 'payload.tag']) expect(message).toContain(`${field}: `)
  })

  it.each([
    ['half of it', Buffer.from('{"id": "echo')],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
    ['deep nesting', Buffer.from('['.repeat(500_000))],
    ['nothing', Buffer.alloc(0)],
    ['more than 1 MB', Buffer.alloc(1_000_001, ' ')],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(refusal(() => parseEvent(bytes, 'e.json'))).not.toContain('echo')
  })

  it('is an event or refused, whatever stands in it, and never repeated', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
        const message = refusal(() => parseEvent(Buffer.from(text), 'e.json'))
        expect(message).not.toMatch(/[\u0000-\u001f\u007f]/)
      }),
    )
  })

  it('is read from a file, and a file that is none or has no end does no harm', async () => {
    const path = join(folder, 'event.json')
    await writeFile(path, JSON.stringify(event))
    expect(await readEvent(path)).toEqual(event)
    await symlink('/dev/zero', join(folder, 'endless'))
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')])
    for (const name of ['none', '.', 'endless', 'pipe']) {
      await expect(readEvent(join(folder, name))).rejects.toMatchObject({ exitCode: 2 })
    }
  })
})
