import { describe, expect, it } from 'vitest'
import type { PathInHands } from '../../../git/index.ts'
import { plain } from '../style.ts'
import { renderConflict, renderUnsettled } from './conflict.ts'

const command = 'undrift resolve maintain/mine/main/v1 --continue'

function render(paths: readonly PathInHands[]): string {
  const patch = { oid: '1'.repeat(40), subject: 'Ours' }
  return renderConflict({ id: 'maintain/mine/main/v1', path: '/w', paths, patch, command }, plain)
}

describe('a conflict in hands', () => {
  it('says of each path how it is settled, and speaks of markers only where there are some', () => {
    const marked = { path: 'a', kind: 'content', choice: null } as const
    const unmarked = { path: 'b', kind: 'binary', choice: 'It needs a choice.' } as const
    const edit = 'Edit the files until no markers are left'
    expect(render([marked])).toContain(edit)
    expect(render([marked])).not.toContain('choice')
    expect(render([unmarked])).toContain('\n  b: It needs a choice.\n')
    expect(render([unmarked])).not.toContain(edit)
    expect(render([marked, unmarked])).toContain(edit)
  })

  it('says how to go on while something is not settled', () => {
    const view = { dir: '/w', paths: [{ path: 'a', why: 'It still holds conflict markers.' }], command }
    expect(renderUnsettled(view, plain)).toBe(
      `Not settled yet in /w\n  a: It still holds conflict markers.\nThen: ${command}`,
    )
  })
})
