import { describe, expect, it } from 'vitest'
import { plain } from '../style.ts'
import { renderStatus } from './status.ts'
import { now, row, upstreamRow } from './testing.ts'

describe('status', () => {
  it('shows upstreams and attempts in columns, and says when a person is awaited', () => {
    const text = renderStatus(
      {
        upstreams: [
          upstreamRow(),
          upstreamRow({
            name: 'node',
            phase: 'degraded',
            lastPollAt: '2026-05-01T11:00:00.000Z',
            nextPollAt: '2026-05-01T11:59:00.000Z',
            lastRelease: null,
            lines: [],
            failures: 4,
          }),
        ],
        attempts: [
          row(),
          row({ tag: 'rust-v1.1.0', line: 'lts', phase: 'ended', outcome: 'changed', needs: null }),
        ],
        older: 3,
        now,
        dataOption: ' --data /srv/undrift',
        columns: 100,
      },
      plain,
    )
    expect(text).toMatchInlineSnapshot(`
      "Upstreams
        codex  polling                rust-v1.2.0       polled 3m ago  next in 7m
        node   degraded (4 failures)  no release known  polled 1h ago  next now

      Attempts
        my-codex@rust-v1.2.0      waiting: conflict  started 1h ago  updated 5m ago
        my-codex/lts@rust-v1.1.0  changed            started 1h ago  updated 5m ago

      and 3 that ended earlier: undrift status --data /srv/undrift --all

      1 attempt waits for a person, 1 upstream needs a look: undrift inbox --data /srv/undrift"
    `)
  })

  it('says what to do when there is nothing yet', () => {
    const text = renderStatus(
      { upstreams: [], attempts: [], older: 0, now, dataOption: '', columns: 80 },
      plain,
    )
    expect(text).toMatchInlineSnapshot(`
      "Upstreams
        none is watched; undrift apply

      Attempts
        none yet"
    `)
  })
})
