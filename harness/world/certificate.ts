import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate for 127.0.0.1, both in PEM; the certificate is its own authority. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Makes a self-signed certificate that lasts a day. Node can sign but not write X.509, so the DER is put together here. */
export function makeCertificate(now: Date): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(set(sequence(oid(0x55, 0x04, 0x03), utf8('undrift harness'))))
  const extensions = sequence(
    sequence(oid(0x55, 0x1d, 0x13), boolean, octets(sequence(boolean))),
    sequence(oid(0x55, 0x1d, 0x11), octets(sequence(tagged(0x87, Buffer.from([127, 0, 0, 1]))))),
  )
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(now.getTime() % 2 ** 31),
    ecdsaWithSha256,
    name,
    sequence(time(now, -1), time(now, 1)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, extensions),
  )
  const signature = sign('sha256', body, privateKey)
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

/** DER's `true`; as an extension's flag it means critical, inside basicConstraints it means an authority. */
const boolean = Buffer.from([0x01, 0x01, 0xff])
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function set(part: Buffer): Buffer {
  return tagged(0x31, part)
}

function oid(...bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes))
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content)
}

function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text))
}

/** A whole number below 2^31. */
function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  const start = bytes.findIndex((byte) => byte !== 0)
  const short = bytes.subarray(start === -1 ? 3 : start)
  return tagged(0x02, (short[0] ?? 0) < 128 ? short : Buffer.concat([Buffer.from([0]), short]))
}

/** UTCTime, so many days from now. */
function time(now: Date, days: number): Buffer {
  const at = new Date(now.getTime() + days * 86_400_000).toISOString()
  return tagged(0x17, Buffer.from(`${at.slice(2, 19).replaceAll(/[-:T]/g, '')}Z`))
}
