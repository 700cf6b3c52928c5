import { describe, expect, it } from 'vitest'
import type { AttemptStatus } from '../../../workflows/messages.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { AttemptRow } from '../../attempts.ts'
import { plain } from '../style.ts'
import { renderApplied } from './applied.ts'
import { renderAttempt } from './attempt.ts'
import { renderInbox } from './inbox.ts'
import { renderOutcome } from './outcome.ts'
import { renderStatus } from './status.ts'
import { renderUp } from './up.ts'

const now = new Date('2026-05-01T12:00:00.000Z')
const oid = (digit: string) => digit.repeat(40)

function row(changes: Partial<AttemptRow> = {}): AttemptRow {
  return {
    id: 'maintain/my-codex/main/rust-v1.2.0',
    fork: 'my-codex',
    line: 'main',
    tag: 'rust-v1.2.0',
    phase: 'waiting',
    outcome: 'needs_intervention',
    needs: 'conflict',
    startedAt: '2026-05-01T11:00:00.000Z',
    updatedAt: '2026-05-01T11:55:00.000Z',
    ...changes,
  }
}

function details(changes: Partial<AttemptRow> = {}, more: Partial<AttemptStatus> = {}): AttemptDetails {
  const shown = row(changes)
  const status: Omit<AttemptStatus, 'settings'> = {
    kind: 'attempt',
    upstream: 'codex',
    reason: 'The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?',
    release: null,
    base: oid('0'),
    onto: oid('1'),
    stackHead: oid('2'),
    head: null,
    patches: [
      {
        oid: oid('a'),
        subject: 'Add a greeting',
        verdict: 'unchanged',
        newOid: oid('c'),
        reason: 'the same diff',
      },
      {
        oid: oid('b'),
        subject: 'Raise the limit',
        verdict: 'conflict',
        newOid: null,
        reason: 'lib/limits.sh: content',
      },
      { oid: oid('d'), subject: 'Name our hosts', verdict: null, newOid: null, reason: 'behind a conflict' },
    ],
    checks: [],
    conflict: {
      patch: { oid: oid('b'), subject: 'Raise the limit' },
      lastGood: oid('c'),
      paths: [{ path: 'lib/limits.sh', kind: 'content' }],
    },
    intervention: {
      kind: 'conflict',
      question: 'The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?',
      evidence: ['content: lib/limits.sh'],
      options: [
        {
          name: 'resume',
          effect: 'settle the conflict in a work tree, then replay the rest of the stack',
          commands: [
            'undrift resolve maintain/my-codex/main/rust-v1.2.0',
            'undrift resolve maintain/my-codex/main/rust-v1.2.0 --continue',
            'temporal workflow signal --workflow-id maintain/my-codex/main/rust-v1.2.0 --name resume',
          ],
        },
        {
          name: 'skip',
          effect: 'leave this release out',
          commands: ['undrift skip maintain/my-codex/main/rust-v1.2.0'],
        },
      ],
    },
    candidates: [],
    worker: null,
    decisions: [],
    ...shown,
    ...more,
  }
  return { row: shown, status: status as AttemptStatus }
}

describe('status', () => {
  it('shows upstreams and attempts in columns, and says when a person is awaited', () => {
    const text = renderStatus(
      {
        upstreams: [
          {
            name: 'codex',
            phase: 'polling',
            lastPollAt: '2026-05-01T11:57:00.000Z',
            nextPollAt: '2026-05-01T12:07:00.000Z',
            lastRelease: 'rust-v1.2.0',
            failures: 0,
          },
          {
            name: 'node',
            phase: 'degraded',
            lastPollAt: '2026-05-01T11:00:00.000Z',
            nextPollAt: '2026-05-01T11:59:00.000Z',
            lastRelease: null,
            failures: 4,
          },
        ],
        attempts: [
          row(),
          row({ tag: 'rust-v1.1.0', line: 'lts', phase: 'ended', outcome: 'changed', needs: null }),
        ],
        older: 3,
        now,
        dataOption: ' --data /srv/undrift',
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

      1 attempt waits for a person: undrift inbox --data /srv/undrift"
    `)
  })

  it('says what to do when there is nothing yet', () => {
    const text = renderStatus({ upstreams: [], attempts: [], older: 0, now, dataOption: '' }, plain)
    expect(text).toMatchInlineSnapshot(`
      "Upstreams
        none is watched; undrift apply

      Attempts
        none yet"
    `)
  })
})

describe('one attempt', () => {
  it('shows the question with commands that can be pasted', () => {
    const webUi = 'http://127.0.0.1:8233/x'
    expect(renderAttempt({ details: details(), webUi, now }, plain)).toMatchInlineSnapshot(`
      "my-codex@rust-v1.2.0  waiting: conflict
      started 1h ago, updated 5m ago

        base               0000000000000000000000000000000000000000
        release            1111111111111111111111111111111111111111
        maintained branch  2222222222222222222222222222222222222222

      Patches
        1  unchanged  aaaaaaaaaa  Add a greeting   the same diff
        2  conflict   bbbbbbbbbb  Raise the limit  lib/limits.sh: content
        3  not yet    dddddddddd  Name our hosts   behind a conflict

      Needs a person: The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?
        content: lib/limits.sh
        resume: settle the conflict in a work tree, then replay the rest of the stack
            undrift resolve maintain/my-codex/main/rust-v1.2.0
            undrift resolve maintain/my-codex/main/rust-v1.2.0 --continue
        skip: leave this release out
            undrift skip maintain/my-codex/main/rust-v1.2.0

      Web UI: http://127.0.0.1:8233/x

      maintain/my-codex/main/rust-v1.2.0"
    `)
  })

  it('shows red checks with the end of their log, and harmless at that', () => {
    const checks = [
      { command: 'npm ci', exitCode: 0, ended: null, milliseconds: 61_000, log: '/d/logs/0', tail: '' },
      {
        command: 'npm test',
        exitCode: null,
        ended: 'time-limit',
        milliseconds: 900,
        log: '/d/logs/1',
        tail: 'one\n\u001b[2Jtwo\n',
      },
    ]
    const view = {
      details: details({ needs: 'checks-red' }, { checks, patches: [], intervention: null }),
      webUi: null,
      now,
    }
    expect(renderAttempt(view, plain)).toMatchInlineSnapshot(`
      "my-codex@rust-v1.2.0  waiting: checks-red
      started 1h ago, updated 5m ago

      The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?

        base               0000000000000000000000000000000000000000
        release            1111111111111111111111111111111111111111
        maintained branch  2222222222222222222222222222222222222222

      Checks
        passed      npm ci    1m 01s
        time-limit  npm test  900 ms
            log: /d/logs/1
            one
            two

      maintain/my-codex/main/rust-v1.2.0"
    `)
  })

  it('says so when it was ended from outside', () => {
    const ended = { row: row({ phase: 'ended', outcome: 'failed', needs: null }), status: null }
    expect(renderAttempt({ details: ended, webUi: null, now }, plain)).toMatchInlineSnapshot(`
      "my-codex@rust-v1.2.0  failed
      started 1h ago, ended 5m ago

      It was ended from outside; no more is known.

      maintain/my-codex/main/rust-v1.2.0"
    `)
  })
})

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

describe('the inbox', () => {
  it('lists questions and feeds that fail, each with a command', () => {
    const degraded = [
      {
        running: true,
        configDigest: null,
        lastFailure: 'feed-http-500: The server failed.',
        row: {
          name: 'node',
          phase: 'degraded' as const,
          lastPollAt: null,
          nextPollAt: null,
          lastRelease: null,
          failures: 4,
        },
      },
    ]
    expect(
      renderInbox({ questions: [details()], degraded, now, dataOption: '' }, plain),
    ).toMatchInlineSnapshot(`
      "my-codex@rust-v1.2.0  conflict  since 5m ago
      maintain/my-codex/main/rust-v1.2.0
        Needs a person: The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?
          content: lib/limits.sh
          resume: settle the conflict in a work tree, then replay the rest of the stack
              undrift resolve maintain/my-codex/main/rust-v1.2.0
              undrift resolve maintain/my-codex/main/rust-v1.2.0 --continue
          skip: leave this release out
              undrift skip maintain/my-codex/main/rust-v1.2.0

      node  4 polls failed in a row
        feed-http-500: The server failed.
        try again now: undrift poll node"
    `)
  })

  it('says so when nothing waits', () => {
    expect(renderInbox({ questions: [], degraded: [], now, dataOption: '' }, plain)).toBe(
      'Nothing waits for you.',
    )
  })
})

describe('apply and up', () => {
  const watches = [
    { upstream: 'codex', change: 'new' as const, forks: ['my-codex', 'other'] },
    { upstream: 'node', change: 'unchanged' as const, forks: [] },
    { upstream: 'gone', change: 'not-in-config' as const, forks: [] },
  ]

  it('says what became of each watch', () => {
    expect(renderApplied(watches, { dataOption: '', style: plain })).toMatchInlineSnapshot(`
      "codex  new                followed by my-codex, other
      node   unchanged          no fork follows it
      gone   not in the config
      One watch is not in the config and goes on; to end it: undrift apply --prune"
    `)
  })

  it('says where the server and the Web UI are, and what is watched', () => {
    const view = {
      address: '127.0.0.1:7233',
      uiUrl: 'http://127.0.0.1:8233',
      data: '/d',
      config: '/c/undrift.yaml',
      watches,
      dataOption: '',
    }
    expect(renderUp(view, plain)).toMatchInlineSnapshot(`
      "Undrift is up.
        Web UI  http://127.0.0.1:8233
        server  127.0.0.1:7233
        data    /d
        config  /c/undrift.yaml

      Watching
        codex  new                followed by my-codex, other
        node   unchanged          no fork follows it
        gone   not in the config
        One watch is not in the config and goes on; to end it: undrift apply --prune

      See it with: undrift status
      Stop it with Ctrl-C; attempts go on with the next \`undrift up\`."
    `)
    expect(renderUp({ ...view, config: null, watches: [] }, plain)).toContain('undrift apply')
  })
})
