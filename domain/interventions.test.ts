import { describe, expect, it } from 'vitest'
import { needs } from './attempt.ts'
import { intervention, possibleAnswers, promoteHint } from './interventions.ts'

const place = { attempt: 'maintain/my-codex/main/rust-v1.2.0', data: null, address: null }

describe('an intervention', () => {
  it.each(needs)('offers a way on and a way out for %s', (need) => {
    const { options } = intervention(need, 'What now?', { place, evidence: [] })
    expect(options.map(({ name }) => name)).toEqual(possibleAnswers(need))
    expect(options.at(-1)?.name).toBe('abort')
    for (const { commands, effect } of options) {
      expect(effect).not.toBe('')
      expect(commands.at(-1)).toMatch(/^temporal workflow signal --workflow-id \S+ --name \w+$/)
    }
  })

  it('offers to drop patches, with commands that name them', () => {
    const drops = [['a'.repeat(40), 'b'.repeat(40)]]
    const { options } = intervention('landed-with-changes', 'Keep?', { place, evidence: [], drops })
    expect(options.map(({ name }) => name)).toEqual(['approve', 'resume', 'resume', 'skip', 'abort'])
    expect(options[1]?.commands).toEqual([
      'undrift resume maintain/my-codex/main/rust-v1.2.0 --drop aaaaaaaaaaaa --drop bbbbbbbbbbbb',
      `temporal workflow signal --workflow-id maintain/my-codex/main/rust-v1.2.0 --name resume --input '{"drop":["${'a'.repeat(40)}","${'b'.repeat(40)}"]}'`,
    ])
  })

  it('names the data folder and the server in its commands when they are not the usual ones', () => {
    const elsewhere = { ...place, data: "/srv/it's here", address: 'temporal.example:7233' }
    const { options } = intervention('approval', 'Push?', { place: elsewhere, evidence: [] })
    expect(options[0]?.commands).toEqual([
      "undrift approve --data '/srv/it'\\''s here' maintain/my-codex/main/rust-v1.2.0",
      'temporal workflow signal --address temporal.example:7233 --workflow-id maintain/my-codex/main/rust-v1.2.0 --name approve',
    ])
  })

  it('is not needed to promote a candidate: its command names the data folder, too', () => {
    expect(promoteHint({ ...place, data: '/srv/data' })).toContain(
      '`undrift promote --data /srv/data maintain/my-codex/main/rust-v1.2.0`',
    )
  })

  it('keeps its evidence below 4 KB', () => {
    const evidence = Array.from({ length: 100 }, () => 'x'.repeat(100))
    const kept = intervention('checks-red', 'Red.', { place, evidence }).evidence
    expect(kept.join('').length).toBeLessThanOrEqual(4097)
    expect(kept.at(-1)).toBe('…')
  })
})
