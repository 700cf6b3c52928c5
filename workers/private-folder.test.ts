import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPrivateFolder } from './private-folder.ts'

let folder: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'undrift-private-'))
  data = join(folder, 'a', 'data')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (path: string) => statSync(path).mode & 0o7777
const opened = () => {
  try {
    openPrivateFolder(data)
    return null
  } catch (error) {
    return error
  }
}

describe('the data folder', () => {
  it('is made for its owner alone, and is taken again', () => {
    openPrivateFolder(data)
    expect(modeOf(data)).toBe(0o700)
    mkdirSync(join(data, 'verify'), { mode: 0o700 })
    openPrivateFolder(data)
  })

  it.each([0o755, 0o711, 0o750, 0o701, 0o770, 0o1777, 0o704])(
    'is refused with mode %o, and says what to do',
    (mode) => {
      mkdirSync(data, { recursive: true })
      chmodSync(data, mode)
      expect(opened()).toMatchObject({
        code: 'UNDRIFT_E_USAGE',
        message: expect.stringContaining(`mode ${mode.toString(8).padStart(4, '0')}`),
        hint: `Close it: \`chmod -R go-rwx ${data}\``,
      })
    },
  )

  it('is refused for a part that is open: a folder, a file, and what a link leads to', () => {
    openPrivateFolder(data)
    for (const part of ['verify', 'key']) {
      if (part === 'key') writeFileSync(join(data, part), '')
      else mkdirSync(join(data, part))
      chmodSync(join(data, part), 0o755)
      expect(opened()).toMatchObject({ message: expect.stringContaining(join(data, part)) })
      rmSync(join(data, part), { recursive: true })
    }
    mkdirSync(join(folder, 'big'))
    chmodSync(join(folder, 'big'), 0o755)
    symlinkSync(join(folder, 'big'), join(data, 'mirrors'))
    expect(opened()).toMatchObject({ message: expect.stringContaining('mirrors is open to other users') })
  })

  it('is refused when it is somebody else’s', ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give a folder away')
    mkdirSync(data, { recursive: true, mode: 0o700 })
    chownSync(data, 65_534, 65_534)
    expect(opened()).toMatchObject({ message: expect.stringContaining('belongs to user 65534') })
  })
})

describe('a worker process', () => {
  it.each(['up', 'worker'])('does not start `%s` on a folder that is open to others', (command) => {
    mkdirSync(data, { recursive: true })
    chmodSync(data, 0o755)
    const main = new URL('./main.ts', import.meta.url).pathname
    const { status, stdout } = spawnSync(
      process.execPath,
      [main, command, '--data', data, '--address', '127.0.0.1:1'],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    )
    expect(stdout).toContain('is not private')
    expect(status).toBe(2)
  })
})
