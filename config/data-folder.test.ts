import { describe, expect, it } from 'vitest'
import { maintainId } from '../domain/ids.ts'
import { dataFolder } from './data-folder.ts'

describe('the data folder', () => {
  const env = { HOME: '/home/me' }

  it('is the option, else UNDRIFT_DATA, else the XDG folder', () => {
    expect(dataFolder('/a', { ...env, UNDRIFT_DATA: '/b' }).root).toBe('/a')
    expect(dataFolder(undefined, { ...env, UNDRIFT_DATA: '/b' }).root).toBe('/b')
    expect(dataFolder(undefined, { ...env, XDG_DATA_HOME: '/x' }).root).toBe('/x/undrift')
    expect(dataFolder(undefined, env).root).toBe('/home/me/.local/share/undrift')
  })

  it('knows whether it is the one that nobody has to name', () => {
    expect(dataFolder(undefined, env).usual).toBe(true)
    expect(dataFolder('/home/me/.local/share/undrift', env).usual).toBe(true)
    expect(dataFolder('/a', env).usual).toBe(false)
  })

  it('keeps one mirror an upstream and one work tree an attempt', () => {
    const data = dataFolder('/data', env)
    expect(data.mirrorOf('codex')).toBe('/data/mirrors/codex.git')
    expect(data.resolveTreeOf(maintainId('my', 'main', 'a/b'))).toBe('/data/resolve/my@main@a%2Fb')
    expect(data.resolveTreeOf(maintainId('my', 'main', 'a'))).not.toBe(
      data.resolveTreeOf(maintainId('my', 'main', 'a@')),
    )
  })
})
