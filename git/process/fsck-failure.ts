import { allowedBlemishes } from '../../domain/blemishes.ts'
import { UndriftError } from '../../domain/errors.ts'

/** An object that Git's check refused, as Git named it. */
export class FsckError extends UndriftError {
  readonly oid: string
  /** Git's name for the fault, such as `hasDotgit`. */
  readonly id: string
  /** Git's own words for it. */
  readonly words: string

  constructor(refused: Pick<FsckError, 'oid' | 'id' | 'words'>, where: string = `Object ${refused.oid}`) {
    const { oid, id, words } = refused
    super('UNDRIFT_E_FSCK', `${where} does not pass Git's checks: ${id}, ${words}.`, {
      hint: hintFor(id),
      reason: id,
    })
    this.oid = oid
    this.id = id
    this.words = words
  }
}

function hintFor(id: string): string {
  return allowedBlemishes.includes(id)
    ? `To let it in, write \`fsck: { ignore: [${id}] }\` for this upstream or fork in undrift.yaml.`
    : 'Such an object can attack whoever checks it out, so no config lets it in. Ask the project to remove it.'
}

/** The failure of a fetch or an index that an object was refused in; null where Git's words name none. */
export function fsckFailure(stderr: string): FsckError | null {
  const match = /^(?:error|fatal): object ([0-9a-f]{40,64}): ([A-Za-z0-9]+): (.*)$/m.exec(stderr)
  if (!match) return null
  const [, oid = '', id = '', words = ''] = match
  return new FsckError({ oid, id, words: words.trim() })
}
