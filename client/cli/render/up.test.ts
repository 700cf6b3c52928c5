import { describe, expect, it } from 'vitest'
import { plain } from '../style.ts'
import { renderApplied } from './applied.ts'
import { renderUp } from './up.ts'

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

  it('names the keys of the config that changed', () => {
    const changed = { upstream: 'codex', change: 'changed' as const, forks: ['my-codex'] }
    const keys = ['upstreams.codex.poll', 'forks.my-codex.verify']
    expect(renderApplied([{ ...changed, keys }], { dataOption: '', style: plain })).toBe(
      [
        'codex  changed  followed by my-codex',
        '                upstreams.codex.poll',
        '                forks.my-codex.verify',
      ].join('\n'),
    )
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
        Web UI      http://127.0.0.1:8233
        what waits  http://127.0.0.1:8233/namespaces/default/workflows?query=UndriftPhase%3D%22waiting%22
        server      127.0.0.1:7233
        data        /d
        config      /c/undrift.yaml

      Watching
        codex  new                followed by my-codex, other
        node   unchanged          no fork follows it
        gone   not in the config
        One watch is not in the config and goes on; to end it: undrift apply --prune

      See it with: undrift status
      Stop it with Ctrl-C; attempts go on with the next \`undrift up\`."
    `)
    const two = [...watches, { upstream: 'old', change: 'not-in-config' as const, forks: [] }]
    expect(renderUp({ ...view, watches: two }, plain)).toContain(
      '2 watches are not in the config and go on; to end them: undrift apply --prune',
    )
    expect(renderUp({ ...view, config: null, watches: [] }, plain)).toContain('undrift apply')
    const running = renderUp({ ...view, config: null, watches: [], running: ['codex', 'node'] }, plain)
    expect(running).toContain(
      'Watching (as applied before; this folder has no undrift.yaml)\n  codex\n  node\n',
    )
  })
})
