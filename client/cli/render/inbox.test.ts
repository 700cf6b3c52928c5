import { describe, expect, it } from 'vitest'
import { plain } from '../style.ts'
import { renderInbox } from './inbox.ts'
import { details, now, watch } from './testing.ts'

describe('the inbox', () => {
  it('lists questions and feeds that fail, each with a command', () => {
    const watches = [
      watch(
        { name: 'node', phase: 'degraded', failures: 4 },
        { lastFailure: 'feed-http-500: The server failed.' },
      ),
    ]
    expect(
      renderInbox({ questions: [details()], refused: [], watches, now, dataOption: '' }, plain),
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
    expect(renderInbox({ questions: [], refused: [], watches: [], now, dataOption: '' }, plain)).toBe(
      'Nothing waits for you.',
    )
  })
})
