import { expect, it } from 'vitest'
import type { MovedTag } from '../domain/watch.ts'
import { findAlarm } from './moved-tag.ts'

function moved(tag: string, before: string, after: string | null): MovedTag {
  const pin = (oid: string) => ({ tag, tagObject: oid.repeat(40), commit: oid.repeat(40) })
  return { tag, before: pin(before), after: after === null ? null : pin(after), at: '2026-05-01T12:00:00Z' }
}

const alarms = [moved('v1', 'a', 'b'), moved('v2', 'a', 'c'), moved('v3', 'a', null)]

it('finds the alarm by the new object of its tag, or by its beginning', () => {
  expect(findAlarm('b'.repeat(40), alarms, 'up')).toBe(alarms[0])
  expect(findAlarm('c'.repeat(7), alarms, 'up')).toBe(alarms[1])
  expect(findAlarm('gone', alarms, 'up')).toBe(alarms[2])
})

it.each([
  ['the old object', 'a'.repeat(40)],
  ['too short a beginning', 'b'.repeat(6)],
  ['another object', 'd'.repeat(40)],
])('takes %s for none, and shows old and new', (_, word) => {
  expect(() => findAlarm(word, alarms, 'up')).toThrow(
    expect.objectContaining({ exitCode: 7, message: expect.stringContaining(`is now ${'b'.repeat(40)}`) }),
  )
})

it('says so when two tags now name the same, and when none has moved', () => {
  const twins = [moved('v1', 'a', 'b'), moved('v2', 'c', 'b')]
  expect(() => findAlarm('b'.repeat(40), twins, 'up')).toThrow('names several tags')
  expect(() => findAlarm('b'.repeat(40), [], 'up')).toThrow(expect.objectContaining({ exitCode: 2 }))
})
