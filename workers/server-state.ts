import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { DataFolder } from '../config/data-folder.ts'

const stateShape = z.object({
  pid: z.number(),
  /** Names the process together with `pid`; see process-identity.ts. */
  began: z.string(),
  address: z.string(),
  uiUrl: z.string(),
  startedAt: z.string(),
})

/** What is written down of a running embedded server: for the CLI, and for the next `up` after a kill. */
export type ServerState = Readonly<z.infer<typeof stateShape>>

/** The state file; null when there is none, or none that can be read. */
export function readServerState(data: DataFolder): ServerState | null {
  try {
    return stateShape.parse(JSON.parse(readFileSync(stateFile(data), 'utf8')))
  } catch {
    return null
  }
}

/** Writes the state file in one move. */
export function writeServerState(data: DataFolder, state: ServerState): void {
  const file = stateFile(data)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`)
  renameSync(`${file}.new`, file)
}

/** Removes the state file when the server has stopped. */
export function removeServerState(data: DataFolder): void {
  rmSync(stateFile(data), { force: true })
}

function stateFile(data: DataFolder): string {
  return join(data.temporal, 'server.json')
}
