import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Connection } from '@temporalio/client'
import { type DataFolder, dataFolder } from '../../../config/data-folder.ts'
import { endChild, spawnTied } from '../../../workers/child-process.ts'
import { startEmbeddedServer } from '../../../workers/embedded-server.ts'
import { registerSearchAttributes } from '../../../workers/prepare-namespace.ts'
import { findTemporalCli } from '../../../workers/temporal-cli.ts'

/** A server and a worker as a user has them, in a folder that goes with them. */
export interface WatchStage extends AsyncDisposable {
  readonly address: string
  readonly data: DataFolder
  readonly serverPids: readonly number[]
  readonly workerPids: readonly number[]
  /** Bytes of the embedded server's database; null for a server of one's own. */
  databaseSize(): Promise<number | null>
}

export interface StageOptions {
  /** A server of one's own; null for the embedded one. */
  readonly address: string | null
  /** The processes of a server of one's own: what they and their children use is counted. */
  readonly serverPids: readonly number[]
  readonly workers: number
}

/** Starts what a bench of watches runs on. */
export async function openWatchStage(options: StageOptions): Promise<WatchStage> {
  const root = await mkdtemp(join(tmpdir(), 'undrift-bench-'))
  const data = dataFolder(root)
  const closing: (() => Promise<unknown>)[] = [() => rm(root, { recursive: true, force: true })]
  const close = async () => {
    for (const step of closing.reverse()) await step()
  }
  try {
    const server =
      options.address === null ? await embedded(data) : await foreign(options.address, options.serverPids)
    closing.push(server.stop)
    const workers = Array.from({ length: options.workers }, () => startWorker(server.address, root))
    closing.push(() => Promise.all(workers.map(({ stop }) => stop())))
    await Promise.all(workers.map(({ ready }) => ready))
    return {
      address: server.address,
      data,
      serverPids: server.pids,
      workerPids: workers.map(({ pid }) => pid),
      databaseSize: () =>
        options.address === null ? sizeOf(data.temporal, /^temporal\.db/) : Promise.resolve(null),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface StagedServer {
  readonly address: string
  readonly pids: readonly number[]
  readonly stop: () => Promise<void>
}

async function embedded(data: DataFolder): Promise<StagedServer> {
  const cli = await findTemporalCli({
    env: process.env,
    say: (line) => void process.stderr.write(`${line}\n`),
  })
  const server = await startEmbeddedServer({ data, cli, port: 0, uiPort: 0 })
  return { address: server.address, pids: [server.pid], stop: () => server.stop() }
}

async function foreign(address: string, pids: readonly number[]): Promise<StagedServer> {
  const connection = await Connection.connect({ address, connectTimeout: 10_000 })
  await registerSearchAttributes(connection, 'default').finally(() => connection.close())
  return { address, pids, stop: () => Promise.resolve() }
}

/** A worker process with the roles that `undrift up` puts together. */
function startWorker(address: string, root: string) {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = fileURLToPath(new URL(`../../../workers/main.${extension}`, import.meta.url))
  const argv = ['worker', '--role', 'control,git', '--embedded', address, '--data', root, '--grace', '1']
  const child = spawnTied(process.execPath, [program, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    onParentDeath: 'SIGKILL',
  })
  const ready = new Promise<void>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', () => resolve())
    once(child, 'exit').then(() => reject(new Error('The worker ended before it was ready.')), reject)
  })
  return { pid: child.pid ?? 0, ready, stop: () => endChild(child, 20_000) }
}

async function sizeOf(folder: string, name: RegExp): Promise<number> {
  const files = (await readdir(folder)).filter((file) => name.test(file))
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
