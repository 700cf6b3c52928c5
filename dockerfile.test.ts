import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

interface Instruction {
  readonly name: string
  readonly rest: string
}

/** The instructions of a Dockerfile, continued lines joined, comments left out. */
function instructions(text: string): readonly Instruction[] {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/)
      return { name, rest: rest.join(' ') }
    })
}

const all = instructions(await readFile(new URL('Dockerfile', import.meta.url), 'utf8'))
const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'))

describe('the Dockerfile', () => {
  it('has no instruction that the engine does not know', () => {
    const known = ['FROM', 'RUN', 'WORKDIR', 'COPY', 'ENV', 'USER', 'VOLUME', 'ENTRYPOINT', 'CMD']
    expect(all.filter(({ name }) => !known.includes(name))).toEqual([])
  })

  it('stands on one dated Debian trixie, by its digest, in every stage', () => {
    const bases = all.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.split(' ')[0])
    expect(new Set(bases).size).toBe(1)
    expect(bases[0]).toMatch(/^debian:trixie-\d{8}-slim@sha256:[0-9a-f]{64}$/)
  })

  it('brings what the workers need, and runs as nobody special', () => {
    const installed = last.find(({ name }) => name === 'RUN')?.rest ?? ''
    for (const tool of ['bubblewrap', 'git', 'gpg', 'openssh-client', 'ca-certificates'])
      expect(installed).toContain(tool)
    expect(last.filter(({ name }) => name === 'USER').map(({ rest }) => rest)).toEqual(['undrift'])
    expect(last.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(
      last.findLastIndex(({ name }) => name === 'RUN'),
    )
  })

  it('takes packages by the lockfile only, and leaves the tools of the build behind', () => {
    const runs = all
      .filter(({ name }) => name === 'RUN')
      .map(({ rest }) => rest)
      .join('\n')
    expect(runs).toContain('npm ci')
    expect(runs).not.toMatch(/npm (install|i) /)
    expect(runs).not.toMatch(/curl|wget/)
    expect(runs).toContain('npm prune --omit=dev')
  })

  it('starts the command line without a shell in between, so that signals arrive', () => {
    expect(last.find(({ name }) => name === 'ENTRYPOINT')?.rest).toMatch(
      /^\["\/usr\/local\/bin\/node", ".*entry\.js"\]$/,
    )
  })

  it('sees of the folder what the build reads, and no more', async () => {
    const read = (file: string) => readFile(new URL(file, import.meta.url), 'utf8')
    const letIn = (await read('.dockerignore'))
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
    const { include } = JSON.parse(await read('tsconfig.build.json')) as { include: readonly string[] }
    const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
    expect([...letIn].sort()).toEqual([...include, 'scripts', ...files].sort())
    expect((await read('.dockerignore')).split('\n')).toContain('*')
  })
})
