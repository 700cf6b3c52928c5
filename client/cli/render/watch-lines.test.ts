import { describe, expect, it } from 'vitest'
import type { WaitingRelease } from '../../../domain/watch.ts'
import { plain } from '../style.ts'
import { renderInbox } from './inbox.ts'
import { renderStatus } from './status.ts'
import { now, oid, upstreamRow, watch } from './testing.ts'
import { width } from './width.ts'

const waits: WaitingRelease = {
  tag: 'rust-v1.3.0',
  line: 'my-codex/lts',
  publishedAt: null,
  url: null,
  since: '2026-05-01T11:00:00Z',
  security: false,
  reason: 'hold',
  detail: 'hold: held by ann since 2026-04-29T12:00:00Z, until it is released: code freeze',
  until: null,
}
const pin = (digit: string) => ({ tag: 'rust-v1.1.0', tagObject: oid(digit), commit: oid('9') })
const eventful = upstreamRow({
  needs: 'tag-moved',
  lines: [
    { line: 'my-codex/main', lastRelease: 'rust-v1.2.0' },
    { line: 'my-codex/lts', lastRelease: 'rust-v1.1.0' },
  ],
  waiting: [waits],
  holds: [
    {
      fork: 'my-codex',
      line: 'lts',
      by: 'ann',
      at: '2026-04-29T12:00:00Z',
      until: null,
      reason: 'code freeze',
    },
    {
      fork: null,
      line: null,
      by: 'bob',
      at: '2026-05-01T11:00:00Z',
      until: '2026-06-01T00:00:00Z',
      reason: '',
    },
  ],
  alarms: [{ tag: 'rust-v1.1.0', before: pin('a'), after: pin('b'), at: '2026-05-01T11:30:00Z' }],
  questions: [
    { kind: 'feed-gone', since: '2026-04-28T12:00:00Z', url: 'https://git.example/codex.atom' },
    {
      kind: 'feed-moved',
      since: '2026-04-28T12:00:00Z',
      url: 'https://git.example/codex.atom',
      to: 'https://git.example/new.atom',
    },
  ],
  silence: [
    { kind: 'no-poll', since: '2026-04-28T12:00:00Z', seconds: 3 * 86_400 },
    { kind: 'no-release', since: '2026-01-01T00:00:00Z', seconds: 120 * 86_400, expectSeconds: 60 * 86_400 },
  ],
})

function status(columns: number, ...upstreams: readonly ReturnType<typeof upstreamRow>[]): string {
  return renderStatus({ upstreams, attempts: [], older: 0, now, dataOption: '', columns }, plain)
}

describe('an upstream', () => {
  it('says in `status` how many entries it left alone when it began', () => {
    const view = (count: number | null) =>
      status(Number.POSITIVE_INFINITY, upstreamRow({ skippedAtFirst: count }))
    expect(view(9_999)).toContain(
      'skipped: 9999 entries of the feed were there at first contact and left alone',
    )
    expect(view(0)).not.toContain('first contact')
    expect(view(null)).not.toContain('first contact')
  })

  it('shows in `status` what stands, waits, is held and needs a person', () => {
    expect(status(Number.POSITIVE_INFINITY, eventful)).toMatchInlineSnapshot(`
      "Upstreams
        codex  polling  rust-v1.2.0  polled 3m ago  next in 7m
          alarm: the tag rust-v1.1.0 was moved from aaaaaaaaaa to bbbbbbbbbb; nothing starts
          question: the feed has been gone for 3d
          question: the feed has moved to https://git.example/new.atom
          silent: no poll has worked for 3d
          silent: no release for 120d; one is expected within 60d
          held: my-codex/lts by ann 2d ago: code freeze
            undrift release my-codex/lts
          held: codex by bob 1h ago until 2026-06-01T00:00:00Z
            undrift release codex
          line: my-codex/main rust-v1.2.0
          line: my-codex/lts rust-v1.1.0
          waits: rust-v1.3.0 for my-codex/lts, hold: held by ann since 2026-04-29T12:00:00Z, until it is released: code freeze

      Attempts
        none yet

      1 upstream needs a look: undrift inbox"
    `)
  })

  it('that fails says why in `status`, once it is degraded', () => {
    const failure = {
      reason: 'feed-http-503',
      message: 'The feed answers with the status 503.',
      since: '2026-05-01T11:00:00Z',
    }
    const said = '    failing: since 1h ago, feed-http-503: The feed answers with the status 503.'
    const degraded = upstreamRow({ phase: 'degraded', failures: 4, failure })
    expect(status(Number.POSITIVE_INFINITY, degraded).split('\n')).toContain(said)
    const passing = upstreamRow({ failures: 1, failure })
    expect(status(Number.POSITIVE_INFINITY, passing)).not.toContain('failing')
  })

  it('shows in `inbox` what a person can do about each', () => {
    const waiting = watch(eventful, { lastFailure: 'feed-http-404: The feed answers with the status 404.' })
    expect(
      renderInbox({ questions: [], refused: [], watches: [waiting], now, dataOption: ' --data /d' }, plain),
    ).toMatchInlineSnapshot(`
      "codex  integrity alarm  since 30m ago
        The tag rust-v1.1.0 no longer names what it named when it was first seen. Nothing starts.
        before: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa (commit 9999999999999999999999999999999999999999)
        now:    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb (commit 9999999999999999999999999999999999999999)
        The diff comes once a worker of the role git has compared them.
        if it may be so: undrift release --data /d codex --accept bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb

      codex  feed gone  since 3d ago
        The feed https://git.example/codex.atom has answered for too long that there is nothing.
        feed-http-404: The feed answers with the status 404.
        if it is elsewhere now: put the address into \`feed:\` of codex, then undrift apply --data /d
        look again: undrift poll --data /d codex
        leave it be: undrift hold --data /d codex

      codex  feed moved  since 3d ago
        The feed https://git.example/codex.atom has moved for good to
          https://git.example/new.atom
        take the new address: put it into \`feed:\` of codex, then undrift apply --data /d
        look again: undrift poll --data /d codex

      codex  no poll has worked for 3d
        feed-http-404: The feed answers with the status 404.
        try again now: undrift poll --data /d codex

      codex  no release for 120d; one is expected within 60d
        see what there is: undrift releases codex
        if that is right: change \`expect:\` of codex (60d), then undrift apply --data /d"
    `)
  })

  it('whose silence has no failure behind it makes one look for a worker', () => {
    const silence = [{ kind: 'no-poll', since: '2026-04-28T12:00:00Z', seconds: 3 * 86_400 }] as const
    expect(
      renderInbox({ questions: [], refused: [], watches: [watch({ silence })], now, dataOption: '' }, plain),
    ).toMatchInlineSnapshot(`
      "codex  no poll has worked for 3d
        No failure is known: does a worker of the role control run?
        undrift worker --role control
        try again now: undrift poll codex"
    `)
  })

  it('fits 80 columns of a terminal, however long or wide its names are', () => {
    const long = upstreamRow({
      ...eventful,
      name: 'an-upstream-whose-name-has-forty-letters',
      phase: 'degraded',
      failures: 120,
      lastRelease: `rust-v1.2.0-上流の変更-${'x'.repeat(90)}`,
      waiting: [{ ...waits, tag: '上流'.repeat(40) }],
      lastPollAt: '2026-05-01T11:01:00.000Z',
    })
    const lines = status(80, long, upstreamRow())
      .split('\n')
      .filter((line) => !line.includes('undrift release'))
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80)
    expect(lines[1]).toMatch(
      /^ {2}an-\S*… {2}degraded \(120 failures\) {2}rust-v\S*… {2}polled 59m ago {2}next in 7m$/,
    )
  })
})
