import { describe, expect, it } from 'vitest'
import { plain } from '../style.ts'
import { renderOutcome } from './outcome.ts'
import { details, oid } from './testing.ts'

describe('an outcome', () => {
  it('ends with a line that names the attempt', () => {
    const changed = details(
      { phase: 'ended', outcome: 'changed', needs: null },
      {
        reason: 'The candidate is on origin.',
        candidates: [
          {
            kind: 'branch',
            ref: 'refs/heads/undrift/candidate/rust-v1.2.0',
            remote: 'origin',
            repo: 'https://git.example.org/x.git',
            sha: oid('e'),
            url: null,
            pushed: true,
          },
        ],
      },
    )
    expect(renderOutcome(changed, { dataOption: '', style: plain })).toMatchInlineSnapshot(`
      "The candidate is on origin.
        eeeeeeeeee  origin  refs/heads/undrift/candidate/rust-v1.2.0
      Take it over with: undrift promote maintain/my-codex/main/rust-v1.2.0
      changed: maintain/my-codex/main/rust-v1.2.0"
    `)
    const waiting = renderOutcome(details(), { dataOption: '', style: plain })
    expect(waiting.split('\n').at(-1)).toBe('needs_intervention: maintain/my-codex/main/rust-v1.2.0')
  })
})
