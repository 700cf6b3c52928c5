import { once } from 'node:events'
import { createServer } from 'node:net'
import { UndriftError } from '../domain/errors.ts'

export interface PortWish {
  /** Undefined: nobody asked; 0: any. */
  readonly asked: number | undefined
  /** Taken when nobody asked and it is free. */
  readonly usual: number
}

/** A port on loopback that is free now. One that was asked for is taken or refused, never replaced. */
export async function choosePort({ asked, usual }: PortWish): Promise<number> {
  if (asked) {
    if (await isFree(asked)) return asked
    throw new UndriftError('UNDRIFT_E_BUSY', `Port ${asked} on 127.0.0.1 is in use.`, {
      hint: 'Choose another one, or leave the option out to get a free one.',
    })
  }
  if (asked === undefined && (await isFree(usual))) return usual
  return listenOnce(0)
}

async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port)
    return true
  } catch {
    return false
  }
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : port
}
