import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UndriftError } from '../../domain/errors.ts'

/** One attack: what it tries, and what must stop it. */
export interface HostileCase {
  readonly name: string
  readonly tries: string
  /** Resolves to what stopped it; throws where nothing did. */
  readonly run: (place: HostilePlace) => Promise<string>
  /** Why it cannot be tried on this machine; absent where it can. */
  readonly missing?: string | null
}

export interface HostilePlace {
  /** A folder of this case alone. */
  readonly folder: string
}

/** How one case came out. */
export interface HostileRow {
  readonly name: string
  readonly tries: string
  readonly outcome: 'stopped' | 'not stopped' | 'skipped'
  /** What stopped it, or what went wrong, or why it was skipped. */
  readonly by: string
  readonly milliseconds: number
}

/** Tries a case in a folder that is removed afterwards. */
export async function tryCase({ name, tries, run, missing = null }: HostileCase): Promise<HostileRow> {
  const row = { name, tries }
  if (missing !== null) return { ...row, outcome: 'skipped', by: missing, milliseconds: 0 }
  const folder = mkdtempSync(join(tmpdir(), 'undrift-hostile-'))
  const began = performance.now()
  const took = () => Math.round(performance.now() - began)
  try {
    const by = await run({ folder })
    return { ...row, outcome: 'stopped', by, milliseconds: took() }
  } catch (error) {
    const by = error instanceof Error ? error.message : String(error)
    return { ...row, outcome: 'not stopped', by, milliseconds: took() }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Demands that work is refused with this code, and says so. */
export async function refusedWith(code: string, work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    if (error instanceof UndriftError && error.code === code) {
      return error.reason === null ? code : `${code} (${error.reason})`
    }
    throw error
  }
  throw new Error(`nothing refused it; ${code} was expected`)
}

/** Demands something of a result. */
export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** The command line, beside this file: built or not. */
export const cliEntry = fileURLToPath(
  new URL(`../../client/cli/entry.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
)
