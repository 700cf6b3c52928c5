import { describe, expect, it } from 'vitest'
import type { ConflictKind } from '../../../domain/patch.ts'
import { plain } from '../style.ts'
import { renderConflict, renderUnsettled } from './conflict.ts'

const command = 'undrift resolve maintain/mine/main/v1 --continue'

function render(...kinds: readonly ConflictKind[]): string {
  const paths = kinds.map((kind) => ({ path: `a ${kind}`, kind }))
  const patch = { oid: '1'.repeat(40), subject: 'Ours' }
  return renderConflict({ id: 'maintain/mine/main/v1', path: '/w', paths, patch, command }, plain)
}

describe('a conflict in hands', () => {
  it('says how each kind that is there is settled, and nothing of the others', () => {
    expect(render('content')).toContain('Edit the files until no markers are left')
    expect(render('binary')).not.toContain('until no markers')
    expect(render('binary')).toContain('needs a choice: `git add` it as it lies there, or `git rm` it')
    expect(render('submodule')).toContain("git update-index --cacheinfo 160000,COMMIT,'a submodule'")
    expect(render('submodule')).not.toContain('git add')
  })

  it('says how to go on while something is not settled', () => {
    const view = { dir: '/w', paths: [{ path: 'a', why: 'It still holds conflict markers.' }], command }
    expect(renderUnsettled(view, plain)).toBe(
      `Not settled yet in /w\n  a: It still holds conflict markers.\nThen: ${command}`,
    )
  })
})
