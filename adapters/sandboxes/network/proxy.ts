import { lookup } from 'node:dns/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import { type AddressRules, isPublicAddress, mayContact } from '../../feeds/http/address-rules.ts'
import { isInBlock, parseBlock, parseIp } from '../../feeds/http/ip-address.ts'
import type { AskedFor } from './asked-for.ts'

const connectMs = 30_000
const loopbackAndLink = ['127.0.0.0/8', '::1/128', '169.254.0.0/16', 'fe80::/10', '0.0.0.0/8'].flatMap(
  (block) => parseBlock(block) ?? [],
)

/** A proxy for HTTP and for any protocol over CONNECT that goes to named hosts alone, and tells of every request. */
export function createProxy(rules: AddressRules, onAsked: (asked: AskedFor) => void): Server {
  const server = createServer((incoming, response) => {
    void forward(incoming, response, { rules, onAsked })
  })
  server.on('connect', (incoming, socket: Socket, head: Buffer) => {
    void tunnel(incoming, socket, { rules, onAsked, head })
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

interface ProxyOptions {
  readonly rules: AddressRules
  readonly onAsked: (asked: AskedFor) => void
}

interface Place {
  readonly host: string
  readonly port: number
}

/** The address to connect to, or why there is none. The very address that was checked is the one that is used. */
async function addressOf(
  { host, port }: Place,
  { rules, onAsked }: ProxyOptions,
): Promise<{ readonly address: string } | { readonly refused: string }> {
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const refuse = (refused: string) => {
    onAsked({ place, refused })
    return { refused }
  }
  const isNamed = rules.hosts.has(host) || isListed(host, rules)
  if (!isNamed) return refuse('`network.allow` does not name it')
  const found = isIP(host) ? [host] : await addressesOf(host)
  if (found.length === 0) return refuse('its name has no address')
  const address = found.find((each) => isOpen(each, host, rules))
  if (address === undefined) return refuse('its name leads to this machine itself')
  onAsked({ place, refused: null })
  return { address }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}

/** A name opens what is private; this machine itself is opened by its own name or address only. */
function isOpen(address: string, host: string, rules: AddressRules): boolean {
  if (isPublicAddress(address) || isListed(address, rules)) return true
  const ip = parseIp(address)
  const isHere = ip !== null && loopbackAndLink.some((block) => isInBlock(ip, block))
  return isHere ? host === 'localhost' : mayContact(address, host, rules)
}

function isListed(address: string, rules: AddressRules): boolean {
  const ip = parseIp(address)
  return ip !== null && rules.blocks.some((block) => isInBlock(ip, block))
}

function readPlace(authority: string, usual: number): Place | null {
  const url = URL.parse(`http://${authority}`)
  if (url === null || url.hostname === '') return null
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  return { host, port: Number(url.port) || usual }
}

async function tunnel(
  incoming: IncomingMessage,
  socket: Socket,
  options: ProxyOptions & { readonly head: Buffer },
): Promise<void> {
  socket.on('error', () => socket.destroy())
  // `URL` drops a port that is the scheme's own.
  const place = readPlace(incoming.url ?? '', /:80$/.test(incoming.url ?? '') ? 80 : 443)
  const found = place === null ? { refused: 'no such place' } : await addressOf(place, options)
  if (place === null || 'refused' in found) {
    const words = 'refused' in found ? found.refused : ''
    socket.end(
      `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nUndrift: ${words}\n`,
    )
    return
  }
  const outside = connect({ host: found.address, port: place.port })
  outside.setTimeout(connectMs, () => outside.destroy())
  outside.once('connect', () => {
    outside.setTimeout(0)
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    outside.write(options.head)
    socket.pipe(outside).pipe(socket)
  })
  outside.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n'))
  outside.on('close', () => socket.destroy())
  socket.on('close', () => outside.destroy())
}

async function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  options: ProxyOptions,
): Promise<void> {
  const url = URL.parse(incoming.url ?? '')
  const place = url?.protocol === 'http:' ? readPlace(url.host, 80) : null
  if (url === null || place === null) {
    response.writeHead(400).end('Undrift: this is a proxy; ask it for http://HOST/… or CONNECT.\n')
    return
  }
  const found = await addressOf(place, options)
  if ('refused' in found) {
    response.writeHead(403, { 'content-type': 'text/plain' }).end(`Undrift: ${found.refused}\n`)
    return
  }
  const { 'proxy-authorization': _, 'proxy-connection': _too, ...headers } = incoming.headers
  const outside = request({
    host: found.address,
    port: place.port,
    method: incoming.method,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
    timeout: connectMs,
  })
  outside.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outside.on('error', () => {
    if (!response.headersSent) response.writeHead(502)
    response.end()
  })
  incoming.pipe(outside)
}
