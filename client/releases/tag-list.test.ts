import { afterAll, expect, it } from 'vitest'
import { makeFolder, makeRepo } from '../../git/testing.ts'
import { considerRepository } from './tag-list.ts'

const folder = makeFolder()
afterAll(() => folder.remove())

it('knows the age of what is left out, too, where a commit is behind it', async () => {
  const repo = makeRepo(`${folder.path}/upstream`)
  repo.commit('one', { a: '1' })
  for (const tag of ['v1.0.0', 'v2.0.0-rc.1', 'nightly']) repo.git('tag', tag)
  repo.git('tag', 'v3.0.0', repo.oid('HEAD:a'))
  const remote = { name: 'source', url: `${folder.path}/upstream`, token: null }
  const { dates } = await considerRepository(
    { remote, secret: null },
    { rules: { prefix: 'v', prereleases: false }, signal: new AbortController().signal },
  )
  expect([...dates.keys()].sort()).toEqual(['nightly', 'v1.0.0', 'v2.0.0-rc.1'])
})
