import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Oid } from '../domain/patch.ts'

/** Content by path; null removes the path. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>

export interface TestRepo {
  readonly dir: string
  /** Runs git in the repository and returns its output without the last newline. */
  git(...argv: string[]): string
  /** Writes the files, adds everything and commits; returns the commit. */
  commit(message: string, files?: Files): Oid
  write(files: Files): void
  /** The commit (or other object) that a revision names. */
  oid(revision: string): Oid
}

/** A temporary folder; `remove` it when the test is over. */
export interface TestFolder {
  readonly path: string
  remove(): void
}

/** A new temporary folder of a test. */
export function makeFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'undrift-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Nobody's configuration, one author, and a clock that moves a minute with every commit: ids do not change between runs. */
function testEnvironment(tick: number): Record<string, string> {
  const at = `${1_700_000_000 + tick * 60} +0000`
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_COMMITTER_DATE: at,
  }
}

/** A real repository with a work tree on branch `main`. */
export function makeRepo(dir: string, format: 'sha1' | 'sha256' = 'sha1'): TestRepo {
  mkdirSync(dir, { recursive: true })
  const argv = ['init', '-q', '-b', 'main', `--object-format=${format}`, dir]
  execFileSync('git', argv, { env: testEnvironment(0) })
  return openRepo(dir)
}

/** A real bare repository, such as a remote. */
export function makeBare(dir: string): TestRepo {
  mkdirSync(dir, { recursive: true })
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', dir], { env: testEnvironment(0) })
  return openRepo(dir)
}

/** A copy of a repository with its own work tree, whose remote `origin` is the original. */
export function cloneRepo(from: string, dir: string): TestRepo {
  execFileSync('git', ['clone', '-q', from, dir], { env: testEnvironment(0) })
  return openRepo(dir)
}

/** The handle on a repository that exists already; its commits are in the person's name where one is given. */
export function openRepo(dir: string, person: string | null = null): TestRepo {
  let tick = 0
  const git = (...argv: string[]): string =>
    execFileSync('git', argv, {
      cwd: dir,
      env: { ...testEnvironment(tick), ...(person === null ? {} : identity(person)) },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    }).replace(/\n$/, '')
  const write = (files: Files): void => {
    for (const [path, content] of Object.entries(files)) {
      const target = join(dir, path)
      if (content === null) {
        rmSync(target, { recursive: true, force: true })
        continue
      }
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, content)
    }
  }
  return {
    dir,
    git,
    write,
    oid: (revision) => git('rev-parse', '--verify', '-q', revision),
    commit: (message, files = {}) => {
      tick += 1
      write(files)
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}

function identity(person: string): Record<string, string> {
  const mail = `${person.toLowerCase()}@example.org`
  return {
    ...{ GIT_AUTHOR_NAME: person, GIT_AUTHOR_EMAIL: mail },
    ...{ GIT_COMMITTER_NAME: person, GIT_COMMITTER_EMAIL: mail },
  }
}

/** Numbered lines, for content in which hunks far from each other can be changed. */
export function numberedLines(count: number, changes: Readonly<Record<number, string>> = {}): string {
  const lines = Array.from({ length: count }, (_, index) => changes[index + 1] ?? `line ${index + 1}`)
  return `${lines.join('\n')}\n`
}
