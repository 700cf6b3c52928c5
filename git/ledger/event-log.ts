import type { Oid } from '../../domain/patch.ts'
import { readBlobs } from '../conflict/work-tree.ts'
import { readRef } from '../mirror/refs.ts'
import type { Mirror } from '../types.ts'
import { appendToLedger, chainOf, type Line, ledgerRef } from './ledger.ts'
import type { LedgerEvent } from './ledger-event.ts'

/** An event with the ledger's commit. */
export type RecordedEvent = LedgerEvent & { readonly oid: Oid }

const eventFormat = () => import('./ledger-event.ts')

/** Writes what a person did to a line into its ledger and returns the commit. What is there already is not written again. */
export async function recordEvent(mirror: Mirror, event: LedgerEvent): Promise<Oid> {
  const { writeEvent } = await eventFormat()
  const subject =
    event.kind === 'promotion'
      ? `promoted: ${event.tag} on ${event.fork}/${event.line}`
      : `line set: ${event.fork}/${event.line} on ${event.tag}`
  const body = event.kind === 'promotion' ? `${event.branch} from ${event.from} to ${event.to}` : event.reason
  return appendToLedger(mirror, event, {
    files: { 'event.json': writeEvent(event) },
    at: event.at,
    message: `${subject}\n\n${body}\n`,
  })
}

/** What persons did to a line, the newest first. What this version cannot read is left out. */
export async function readEvents(mirror: Mirror, line: Line): Promise<readonly RecordedEvent[]> {
  const tip = await readRef(mirror, ledgerRef(line))
  if (tip === null) return []
  const chain = await chainOf(mirror, tip)
  const blobs = await readBlobs(
    mirror,
    chain.map(({ oid }) => nameOf(oid)),
  )
  const { readEvent } = await eventFormat()
  return chain.flatMap(({ oid }) => {
    const event = readEvent(blobs.get(nameOf(oid))?.toString('utf8') ?? '')
    return event === null ? [] : [{ ...event, oid }]
  })
}

/** The event that a ledger's commit records; null where it records an attempt, or something that cannot be read. */
export async function eventOf(mirror: Mirror, oid: Oid): Promise<LedgerEvent | null> {
  const { readEvent } = await eventFormat()
  return readEvent((await readBlobs(mirror, [nameOf(oid)])).get(nameOf(oid))?.toString('utf8') ?? '')
}

function nameOf(oid: Oid): string {
  return `${oid}:event.json`
}
