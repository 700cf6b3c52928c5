import { randomUUID } from 'node:crypto'
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, MirrorOptions } from '../types.ts'
import { isDamaged } from './damage.ts'
import { openMirror } from './mirror.ts'
import { withLockFile } from './mirror-lock.ts'
import { takeFormat } from './object-format.ts'
import { isOid } from './queries.ts'
import { isRefName } from './ref-name.ts'
import { updateRefs } from './refs.ts'

/** Refs that a fetch brings again. All others are the mirror's own memory. */
const fetchedAgain = /^refs\/(?:upstream|fork)\//

/**
 * Runs work on a mirror. Where it fails because the mirror is damaged, the mirror is set aside, a new one takes over what the
 * old one alone knew, and the work runs once more: it fetches the rest.
 */
export async function onSoundMirror<T>(options: MirrorOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(await isDamaged(options.path, error))) throw error
    await withLockFile(
      `${options.path}.healing.lock`,
      async () => {
        if (await isDamaged(options.path, error)) await heal(options)
      },
      { signal: options.signal ?? null },
    )
    return work()
  }
}

async function heal(options: MirrorOptions): Promise<void> {
  const { path } = options
  const aside = `${path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}-${randomUUID().slice(0, 4)}`
  if ((await stat(path).catch(() => null)) === null) return
  await rename(path, aside)
  const mirror = await openMirror(options)
  const refs = await refsByHand(aside)
  await takeFormat(mirror, { url: aside, oid: [...refs.values()][0] })
  const pins = [...refs].filter(([ref]) => ref.startsWith('refs/upstream/tags/'))
  await writeFile(join(mirror.path, pinsFile), pins.map(([ref, oid]) => `${oid} ${ref}\n`).join(''))
  const own = [...refs].filter(([ref]) => !fetchedAgain.test(ref))
  if (await carry(mirror, aside, own)) return
  // One that is damaged must not take the others along.
  for (const one of own) await carry(mirror, aside, [one])
}

/** Takes refs over with all that they need; false, and nothing taken, where some of that is not whole. */
async function carry(
  mirror: Mirror,
  from: string,
  refs: readonly (readonly [string, Oid])[],
): Promise<boolean> {
  if (refs.length === 0) return true
  try {
    await runGit(mirror, ['pack-objects', '--revs', '-q', join(mirror.path, 'objects', 'pack', 'pack')], {
      stdin: refs.map(([, oid]) => `${oid}\n`).join(''),
      env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(from, 'objects') },
    })
    await updateRefs(
      mirror,
      refs.map(([ref, oid]) => ({ ref, to: oid, expected: null })),
    )
    return true
  } catch {
    mirror.signal?.throwIfAborted()
    return false
  }
}

/** The refs of a repository that git may not be able to read; those that are not whole are left out. */
async function refsByHand(path: string): Promise<ReadonlyMap<string, Oid>> {
  const refs = new Map<string, Oid>()
  const add = (ref: string, oid: string) => {
    if (isRefName(ref) && isOid(oid)) refs.set(ref, oid)
  }
  const packed = await readFile(join(path, 'packed-refs'), 'utf8').catch(() => '')
  for (const line of packed.split('\n'))
    add(line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' ')))
  const loose = await readdir(join(path, 'refs'), { recursive: true, withFileTypes: true }).catch(() => [])
  for (const file of loose.filter((entry) => entry.isFile())) {
    const full = join(file.parentPath, file.name)
    add(full.slice(path.length + 1), (await readFile(full, 'utf8').catch(() => '')).trim())
  }
  return refs
}

const pinsFile = 'undrift-pins'

/** What a tag was in a mirror that was damaged and set aside; null for one that was not there. */
export async function pinBefore(mirror: Mirror, ref: string): Promise<Oid | null> {
  const text = await readFile(join(mirror.path, pinsFile), 'utf8').catch(() => '')
  return (
    text
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? null
  )
}
