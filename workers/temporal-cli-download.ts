import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EnvHttpProxyAgent, fetch, type Response } from 'undici'
import { z } from 'zod'
import { type CliSearch, temporalCliVersion } from './temporal-cli-search.ts'

const service = 'https://temporal.download'
const offerShape = z.object({
  archiveUrl: z.url({ protocol: /^https?$/ }),
  fileToExtract: z.string().regex(/^\w[\w.-]*$/),
})
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** How long a machine without a way to the service is kept waiting. */
const connectMs = 5_000
const downloadMs = 10 * 60_000

/** Downloads the program from where Temporal's own SDKs get it. */
export async function downloadTemporalCli(to: string, search: CliSearch): Promise<void> {
  try {
    await download(to, search)
  } catch (error) {
    throw new Error(`The download from ${search.downloadUrl ?? service} failed: ${words(error)}.`, {
      cause: error,
    })
  }
}

async function download(to: string, { say, signal, downloadUrl = service }: CliSearch): Promise<void> {
  const arch = architectures[process.arch]
  if (arch === undefined) throw new Error(`there is none for ${process.arch}`)
  const dispatcher = new EnvHttpProxyAgent({ connect: { timeout: connectMs }, connectTimeout: connectMs })
  try {
    const query = new URLSearchParams({ arch, platform: process.platform, format: 'tar.gz' })
    const question = await fetch(`${downloadUrl}/cli/v${temporalCliVersion}?${query}`, {
      dispatcher,
      signal: withDeadline(connectMs * 2, signal),
    })
    const offer = offerShape.parse(await checked(question).json())
    say(`Downloading the Temporal CLI ${temporalCliVersion} from ${new URL(offer.archiveUrl).host} …`)
    const deadline = withDeadline(downloadMs, signal)
    const archive = checked(await fetch(offer.archiveUrl, { dispatcher, signal: deadline }))
    await extract(archive, offer.fileToExtract, to)
  } finally {
    await dispatcher.destroy()
  }
}

function withDeadline(milliseconds: number, signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(milliseconds)
  return signal ? AbortSignal.any([deadline, signal]) : deadline
}

function checked(response: Response): Response {
  if (response.ok) return response
  throw new Error(`HTTP ${response.status}`)
}

/** Takes the one file out of the archive; the folder is a fresh one of ours. */
async function extract(archive: Response, file: string, to: string): Promise<void> {
  if (archive.body === null) throw new Error('the archive is empty')
  const folder = dirname(to)
  const tar = spawn('tar', ['-xzf', '-', file], { cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = once(tar, 'close') as Promise<[number | null]>
  await Promise.all([pipeline(Readable.fromWeb(archive.body), tar.stdin), ended])
  const [code] = await ended
  if (code !== 0) throw new Error('the archive cannot be unpacked')
  renameSync(join(folder, file), to)
}

/** What went wrong, from the innermost error that says something. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message
}
