import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { useGround } from './plan-testing.ts'

const { repo, plan } = useGround()

/** A commit of a tree that git itself would never write: entries as they are given, one after the other. */
function commitOf(entries: readonly (readonly [string, string, string])[], parent: string): string {
  const body = Buffer.concat(
    entries.map(([mode, name, oid]) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
    ),
  )
  const argv = ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally']
  const tree = execFileSync('git', argv, { cwd: repo.dir, input: body }).toString().trim()
  return repo.git('commit-tree', tree, '-p', parent, '-m', 'made by hand')
}

it.each([
  ['the same file twice', 'in the target, too'],
  ['the same file twice in a folder', 'in the target, too'],
  ['a file and a folder of one name', 'where it is read'],
  ['a name with a slash', 'in the target, too'],
  ['a name with a slash below a folder', 'in the target, too'],
  ['a folder whose name has a slash', 'in the target, too'],
  ['an empty name', 'in the target, too'],
])('refuses a patch whose tree holds %s, %s', async (kind, where) => {
  const blob = repo.oid('main:c.txt')
  const other = repo.oid('main:a.txt')
  const inner = repo.git('rev-parse', 'main^{tree}')
  const nested = () => {
    const body = Buffer.concat(
      [blob, other].map((oid) => Buffer.concat([Buffer.from('100644 x\0'), Buffer.from(oid, 'hex')])),
    )
    const argv = ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally']
    return execFileSync('git', argv, { cwd: repo.dir, input: body }).toString().trim()
  }
  const entries: Record<string, readonly (readonly [string, string, string])[]> = {
    'the same file twice': [
      ['100644', 'a.txt', other],
      ['100644', 'a.txt', blob],
    ],
    'a file and a folder of one name': [
      ['100644', 'x', blob],
      ['100644', 'x.y', blob],
      ['40000', 'x', inner],
    ],
    'a name with a slash': [['100644', 'a/b', blob]],
    'a name with a slash below a folder': [
      ['40000', 'd', inner],
      ['100644', 'dd/x', blob],
    ],
    'a folder whose name has a slash': [['40000', 'a/b', inner]],
    'an empty name': [['100644', '', blob]],
    'the same file twice in a folder': [['40000', 'd', nested()]],
  }
  const head = commitOf(entries[kind] ?? [], repo.oid('fork'))
  repo.commit('upstream', { 'u.txt': 'u\n' })
  await expect(plan({}, { head })).rejects.toMatchObject({ code: 'UNDRIFT_E_STACK', exitCode: 2 })
  if (where === 'where it is read') return
  const onto = { onto: head, head: repo.oid('main') }
  await expect(plan({}, onto)).rejects.toMatchObject({ code: 'UNDRIFT_E_STACK', exitCode: 2 })
})
