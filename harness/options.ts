import { parseArgs } from 'node:util'

export interface HarnessOptions {
  /** Leave the world running until Ctrl-C. */
  readonly keep: boolean
  /** Names of the scenarios to play; null for all. */
  readonly only: readonly string[] | null
  /** File that takes the report as JSON. */
  readonly json: string | null
  /** Folder that takes the histories. */
  readonly histories: string | null
}

export const usage = `Usage: npm run harness [-- --keep] [-- --only NAME]… [-- --json FILE] [-- --histories DIR]

  --keep           leave the world running, with its links, until Ctrl-C
  --only NAME      play only this scenario; may be given more than once
  --json FILE      write { "passed", "failed", "scenarios": [ … ] }
  --histories DIR  save the history of every workflow as JSON
`

/** Reads the command line; a sentence instead when it cannot be understood. */
export function readOptions(argv: readonly string[], names: readonly string[]): HarnessOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        keep: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        json: { type: 'string' },
        histories: { type: 'string' },
      },
    })
    const unknown = values.only?.find((name) => !names.includes(name))
    if (unknown !== undefined) return `There is no scenario "${unknown}"; there are ${names.join(', ')}.`
    return {
      keep: values.keep,
      only: values.only ?? null,
      json: values.json ?? null,
      histories: values.histories ?? null,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
