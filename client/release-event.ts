import { constants, open } from 'node:fs/promises'
import { z } from 'zod'
import { UndriftError } from '../domain/errors.ts'
import { readDate } from '../domain/read-date.ts'
import { isTagName } from '../domain/version/tag-name.ts'

const largestEvent = 1_000_000

const time = z
  .string()
  .refine((text) => readDate(text) !== null, 'this is not a time, such as 2026-07-30T09:12:41Z')
/** No space and no control character: what is shown to a person must stay on its line. */
const address = z.string().regex(/^[^\p{C}\p{Z}]{1,500}$/u, 'this is not the name or address of a repository')

/** Unknown keys are ignored, as in any message from outside. */
const eventSchema = z.object({
  id: z.string().min(1).max(500),
  type: z.literal('upstream.release'),
  /** When upstream released, and when somebody heard of it; for people, and by two clocks, so that neither order is wrong. */
  occurredAt: time.optional(),
  receivedAt: time.optional(),
  payload: z.object({ repo: address, tag: z.string().refine(isTagName, 'this is not a tag') }),
})

export type ReleaseEvent = z.output<typeof eventSchema>

/** Reads an event file: `{ id, type: "upstream.release", occurredAt, receivedAt, payload: { repo, tag } }`. */
export async function readEvent(path: string): Promise<ReleaseEvent> {
  let bytes: Buffer
  try {
    bytes = await readHead(path, largestEvent + 1)
  } catch (error) {
    throw new UndriftError('UNDRIFT_E_INPUT', `The event file ${path} cannot be read.`, {
      cause: error,
      hint: 'Name a JSON file with --event FILE.',
    })
  }
  return parseEvent(bytes, path)
}

/** The first bytes of a file, so that one without an end does no harm; a pipe that nobody writes to is not waited for. */
async function readHead(path: string, most: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const buffer = Buffer.alloc(most)
    let size = 0
    for (let read = -1; size < most && read !== 0; size += read) {
      read = (await file.read(buffer, size, most - size)).bytesRead
    }
    return buffer.subarray(0, size)
  } finally {
    await file.close()
  }
}

/** The event in the bytes of a file; UNDRIFT_E_INPUT with every field that is wrong, and nothing of what stands in them. */
export function parseEvent(bytes: Uint8Array, path: string): ReleaseEvent {
  if (bytes.length > largestEvent) throw wrong(path, 'it is larger than 1 MB')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw wrong(path, 'it is not JSON', cause)
  }
  const parsed = eventSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw wrong(
    path,
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; '),
  )
}

function wrong(path: string, what: string, cause?: unknown): UndriftError {
  return new UndriftError('UNDRIFT_E_INPUT', `The event file ${path} is not a release event: ${what}.`, {
    cause,
    hint: 'It must be { "id", "type": "upstream.release", "occurredAt", "receivedAt", "payload": { "repo", "tag" } }.',
  })
}
