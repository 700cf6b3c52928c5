import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { shrinkwrapOf } from './scripts/shrinkwrap.ts'

const run = promisify(execFile)
let files: readonly string[] = []

beforeAll(async () => {
  const argv = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout } = await run('npm', argv, { maxBuffer: 1 << 26 })
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[]
  files = packed?.files.map(({ path }) => path) ?? []
}, 60_000)

describe('the package', () => {
  it('has the program, the bundle of the workflows, the guides and the security page', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/client/cli/entry.js',
        'dist/workers/main.js',
        'dist/workflow-bundle.js',
        'docs/guides/first-fork.md',
        'schema/undrift.schema.json',
        'SECURITY.md',
        'LICENSE',
      ]),
    )
  })

  it('has no source maps, no harness and no helpers of tests', () => {
    expect(files.filter((file) => /\.map$|^dist\/harness|testing|\.test\./.test(file))).toEqual([])
  })

  it('has every file that a file of it imports', () => {
    const there = new Set(files)
    const missing = files
      .filter(
        (file) => file.startsWith('dist/') && file !== 'dist/workflow-bundle.js' && file.endsWith('.js'),
      )
      .flatMap((file) => {
        const text = readFileSync(file, 'utf8')
        return [...text.matchAll(/(?:from|import\(?) ?'(\.[^']+)'/g)].map(([, name = '']) =>
          posix.join(posix.dirname(file), name),
        )
      })
      .filter((file) => !there.has(file))
    expect(missing).toEqual([])
  })

  it('is built, and gets its versions fixed, before it is packed', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts.prepack).toContain('run --silent build')
    expect(scripts.prepack).toContain('write-shrinkwrap')
  })

  it('fixes the tested version of everything that it loads, the overrides among them', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock
    const { overrides } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      overrides: Record<string, string>
    }
    const { packages } = shrinkwrapOf(lock)
    for (const [name, version] of Object.entries(overrides)) {
      const found = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`))
      expect(found.map(([, each]) => each.version)).toEqual([version])
    }
    for (const [path, { integrity, dev }] of Object.entries(packages)) {
      if (path !== '') expect({ path, dev, integrity }).toMatchObject({ integrity: expect.any(String) })
      expect(dev).toBeUndefined()
    }
    expect(packages['']).not.toHaveProperty('devDependencies')
    for (const name of Object.keys(packages['']?.dependencies ?? {})) {
      expect(packages).toHaveProperty([`node_modules/${name}`])
    }
  })
})

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      { version?: string; integrity?: string; dev?: boolean; dependencies?: Record<string, string> }
    >
  >
}
