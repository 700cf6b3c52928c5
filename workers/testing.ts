import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataFolder } from '../config/data-folder.ts'
import { startEmbeddedServer } from './embedded-server.ts'
import { findTemporalCli } from './temporal-cli.ts'

/** A real server of its own for a test. */
export interface TestServer {
  readonly address: string
  readonly uiUrl: string
  /** Ends it and removes what it wrote. */
  stop(): Promise<void>
}

/** Starts a real server on free ports with a database that lives as long as it does. */
export async function startTestServer(): Promise<TestServer> {
  const root = mkdtempSync(join(tmpdir(), 'undrift-server-'))
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const cli = await findTemporalCli({ env: process.env, say })
  const server = await startEmbeddedServer({ data: dataFolder(root), cli, port: 0, uiPort: 0 })
  return {
    address: server.address,
    uiUrl: server.uiUrl,
    async stop() {
      await server.stop()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
