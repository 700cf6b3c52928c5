import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo } from '../testing.ts'
import { makePack, type PackedObject } from './pack-file.ts'

const folder = makeFolder()
afterAll(() => folder.remove())

/** Content of so many bytes that repeats nowhere near and has every value, the largest ones most of all. */
function blobOf(size: number, format: 'sha1' | 'sha256'): PackedObject {
  const body = Buffer.from(Uint8Array.from({ length: size }, (_, at) => 255 - ((at * at) % 251) * (at % 2)))
  const oid = createHash(format).update(`blob ${size}\0`).update(body).digest('hex')
  return { oid, type: 'blob', body }
}

describe('makePack', () => {
  it.each(['sha1', 'sha256'] as const)(
    'makes a pack of %s that Git reads, around the sizes that change its form',
    (format) => {
      const repo = makeRepo(join(folder.path, format), format)
      const sizes = [0, 1, 15, 16, 2_047, 2_048, 16_384, 16_385, 65_534, 65_535, 65_536, 200_000]
      const objects = sizes.map((size) => blobOf(size, format))
      const { name, pack, index } = makePack(objects, format)
      const file = join(repo.dir, '.git', 'objects', 'pack', `pack-${name}`)
      writeFileSync(`${file}.pack`, pack)
      writeFileSync(`${file}.idx`, index)
      repo.git('verify-pack', `${file}.idx`)
      repo.git('fsck', '--full', '--strict')
      for (const [at, { oid }] of objects.entries()) {
        expect(Number(repo.git('cat-file', '-s', oid))).toBe(sizes[at])
      }
    },
  )
})
