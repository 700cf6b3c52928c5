import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { type Bytes, fromBytes, toBytes } from '../objects/bytes.ts'
import { listPaths } from '../objects/hostile.ts'
import { type Quarantine, quarantineConfig } from '../objects/quarantine.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import { type Resident, startResident } from '../process/resident.ts'
import { type AttributeFile, mergeAttributeLines } from './attribute-lines.ts'
import { isFile } from './merge-blobs.ts'

/** What upstream's `.gitattributes` say of merging. */
export interface MergeAttributes {
  /** Resolves when git knows them; nothing is merged before. */
  ready(): Promise<void>
  /** Whether a file is merged as any text is. */
  isPlain(path: Bytes): Promise<boolean>
  close(): Promise<void>
}

/** Where nothing is said of any file. */
export const noAttributes: MergeAttributes = {
  ready: async () => {},
  isPlain: async () => true,
  close: async () => {},
}

/** Git itself leaves out larger ones. */
const largestFile = 100 * 1024 * 1024

/**
 * Lays what the target's tree says of merging where every git reads it, of whatever version and without a work tree or an
 * index: in the quarantine's own `info/attributes`. The attributes are the target's for every patch, as they are when a
 * conflict is made again.
 */
export function openMergeAttributes(quarantine: Quarantine, trees: TreeReader, onto: Oid): MergeAttributes {
  let resident: Resident | null = null
  const known = new Map<Bytes, Promise<boolean>>()
  const lay = async (): Promise<boolean> => {
    const lines = mergeAttributeLines(await attributeFiles(quarantine, trees, onto))
    if (lines === '') return false
    mkdirSync(join(quarantine.path, 'info'), { recursive: true })
    writeFileSync(join(quarantine.path, 'info', 'attributes'), fromBytes(lines))
    return true
  }
  let laid: Promise<boolean> | null = null
  const isAnyLaid = (): Promise<boolean> => {
    laid ??= lay()
    return laid
  }
  const ask = async (path: Bytes): Promise<boolean> => {
    resident ??= startResident(quarantine, ['check-attr', '-z', '--stdin', 'merge'], answerLength, {
      config: quarantineConfig,
    })
    const answer = toBytes(await resident.ask(fromBytes(`${path}\0`)))
    const value = answer.split('\0')[2]
    return value === 'unspecified' || value === 'set'
  }
  // Read at once, while the stack is; whoever merges waits for it, and hears of a failure.
  isAnyLaid().catch(() => {})
  return {
    ready: async () => {
      await isAnyLaid()
    },
    isPlain: async (path) => {
      if (!(await isAnyLaid())) return true
      const found = known.get(path) ?? ask(path)
      known.set(path, found)
      return found
    },
    close: async () => resident?.close(),
  }
}

/** Path, attribute and value, a NUL after each. */
function answerLength(bytes: Buffer): number {
  let at = -1
  for (let left = 3; left > 0; left -= 1) {
    at = bytes.indexOf(0, at + 1)
    if (at === -1) return bytes.length + 1
  }
  return at + 1
}

const fileName = '.gitattributes'

async function attributeFiles(
  quarantine: Quarantine,
  trees: TreeReader,
  onto: Oid,
): Promise<readonly AttributeFile[]> {
  const paths: Bytes[] = []
  for await (const list of listPaths(quarantine, onto)) {
    if (!list.includes(`${fileName}\0`)) continue
    const named = toBytes(list).split('\0')
    paths.push(...named.filter((path) => path === fileName || path.endsWith(`/${fileName}`)))
  }
  if (paths.length === 0) return []
  const { tree } = await quarantine.objects.commit(onto)
  const files = await Promise.all(
    paths.map(async (path) => {
      const entry = await trees.lookUp(tree, path)
      // Git follows no symlink of that name.
      if (entry === null || !isFile(entry)) return []
      const { body } = await quarantine.objects.read(entry.oid)
      if (body.length > largestFile) return []
      return [{ folder: path.slice(0, -fileName.length - 1), text: toBytes(body) }]
    }),
  )
  return files.flat()
}
