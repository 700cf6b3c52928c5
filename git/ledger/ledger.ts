import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { readBlobs } from '../conflict/work-tree.ts'
import { listRefs, readRef, updateRefs } from '../mirror/refs.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { writeObject } from '../objects/object-write.ts'
import { makeTree, type TreeEntry } from '../objects/tree.ts'
import { git } from '../process/command.ts'
import type { Mirror } from '../types.ts'
import type { LedgerEntry } from './ledger-entry.ts'

/** One maintained line of a fork. */
export interface Line {
  readonly fork: string
  readonly line: string
}

export interface RecordedAttempt extends LedgerEntry {
  /** The ledger's commit. */
  readonly oid: Oid
}

const prefix = 'refs/undrift/ledger'
const rangeDiffName = 'range-diff.txt'
/** Loaded when an entry is there to be read: its schema costs a short process much of its start. */
const entryFormat = () => import('./ledger-entry.ts')

/** The ref that holds a line's ledger: a chain of commits, one an entry, the newest at its tip. It can be pushed. */
export function ledgerRef({ fork, line }: Line): string {
  return `${prefix}/${fork}/${line}`
}

/** The lines that have a ledger in this mirror, by name. */
export async function listLedgers(mirror: Mirror): Promise<readonly Line[]> {
  return (await listRefs(mirror, prefix)).flatMap(({ ref }) => {
    const [fork, line, ...rest] = ref.slice(prefix.length + 1).split('/')
    return fork && line && rest.length === 0 ? [{ fork, line }] : []
  })
}

/**
 * Writes an attempt into its line's ledger and returns the commit. An entry that is there already is not written
 * again, so a retry changes nothing. Nothing is ever rewritten: a later word on the same attempt is a later commit.
 */
export async function recordAttempt(
  mirror: Mirror,
  entry: LedgerEntry,
  options: { readonly rangeDiff?: string | null } = {},
): Promise<Oid> {
  const { writeEntry } = await entryFormat()
  const { rangeDiff = null } = options
  return appendToLedger(mirror, entry, {
    files: {
      'attempt.json': writeEntry(entry),
      ...(rangeDiff === null ? {} : { [rangeDiffName]: rangeDiff }),
    },
    at: entry.at,
    message: `${entry.outcome}: ${entry.tag} on ${entry.fork}/${entry.line}\n\n${entry.reason}\n`,
  })
}

/** What one commit of a ledger holds. */
interface Appended {
  readonly files: Readonly<Record<string, string>>
  /** ISO 8601. */
  readonly at: string
  readonly message: string
}

/** Puts a commit at the tip of a line's ledger, unless its files are there already; returns the commit that has them. */
export async function appendToLedger(mirror: Mirror, line: Line, appended: Appended): Promise<Oid> {
  const ref = ledgerRef(line)
  const files = new Map<string, TreeEntry>()
  for (const [name, text] of Object.entries(appended.files)) files.set(name, await fileOf(mirror, text))
  const tree = await makeTree(mirror, files)
  for (let tries = 0; tries < 10; tries += 1) {
    const tip = await readRef(mirror, ref)
    const there = tip === null ? undefined : (await chainOf(mirror, tip)).find((link) => link.tree === tree)
    if (there) return there.oid
    const to = await writeObject(mirror, 'commit', commitOf(appended, tree, tip))
    const outcome = await updateRefs(mirror, [{ ref, to, expected: tip }])
    if (outcome.kind !== 'stale') return to
  }
  throw new UndriftError('UNDRIFT_E_BUSY', `${ref} keeps moving.`)
}

async function fileOf(mirror: Mirror, text: string): Promise<TreeEntry> {
  return { mode: '100644', oid: await writeObject(mirror, 'blob', Buffer.from(text)) }
}

/** The range-diff beside an entry of a ledger; null where its attempt replayed nothing. */
export async function recordedRangeDiff(mirror: Mirror, entry: Oid): Promise<string | null> {
  const name = `${entry}:${rangeDiffName}`
  return (await readBlobs(mirror, [name])).get(name)?.toString('utf8') ?? null
}

/** A line's attempts, the newest first. What this version cannot read is left out. */
export async function readLedger(
  mirror: Mirror,
  line: Line,
  options: { readonly limit?: number } = {},
): Promise<readonly RecordedAttempt[]> {
  const tip = await readRef(mirror, ledgerRef(line))
  if (tip === null) return []
  const chain = await chainOf(mirror, tip, options.limit)
  const blobs = await readBlobs(mirror, chain.map(recordName))
  const { readEntry } = await entryFormat()
  return chain.flatMap((link) => {
    const entry = readEntry(blobs.get(recordName(link))?.toString('utf8') ?? '')
    return entry ? [{ ...entry, oid: link.oid }] : []
  })
}

function recordName({ oid }: Link): string {
  return `${oid}:attempt.json`
}

/** The attempt that a ledger's commit records; null when it is none that this version can read. */
export async function entryOf(mirror: Mirror, oid: Oid): Promise<LedgerEntry | null> {
  const { readEntry } = await entryFormat()
  const name = `${oid}:attempt.json`
  return readEntry((await readBlobs(mirror, [name])).get(name)?.toString('utf8') ?? '')
}

export interface Link {
  readonly oid: Oid
  readonly tree: Oid
}

/** The commits of a ledger, the newest first. */
export async function chainOf(mirror: Mirror, tip: Oid, limit?: number): Promise<readonly Link[]> {
  const most = limit === undefined ? [] : [`--max-count=${limit}`]
  const argv = ['log', '--first-parent', '--format=%H %T', ...most, '--end-of-options', tip]
  const lines = (await git(mirror, argv)).stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => ({ oid: line.split(' ')[0] ?? '', tree: line.split(' ')[1] ?? '' }))
}

/** Nobody in particular writes the ledger; the date is the entry's, so that the commit depends on nothing else. */
function commitOf({ at, message }: Appended, tree: Oid, parent: Oid | null): Buffer {
  const identity = `Undrift <> ${Math.floor(Date.parse(at) / 1000)} +0000`
  return serialiseCommit({
    tree,
    parents: parent === null ? [] : [parent],
    author: identity,
    committer: identity,
    encoding: null,
    message: Buffer.from(message, 'utf8').toString('latin1'),
  })
}
