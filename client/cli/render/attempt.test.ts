import { describe, expect, it } from 'vitest'
import { plain } from '../style.ts'
import { renderAttempt } from './attempt.ts'
import { details, now, row } from './testing.ts'

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
