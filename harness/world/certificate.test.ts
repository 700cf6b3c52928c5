import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeCertificate } from './certificate.ts'

describe('the certificate', () => {
  it('is its own authority for 127.0.0.1, and TLS takes it at any time', () => {
    const times = fc.date({ min: new Date('2026-01-01'), max: new Date('2049-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(times, (now) => {
        const { key, cert } = makeCertificate(now)
        expect(() => createSecureContext({ key, cert })).not.toThrow()
        const read = new X509Certificate(cert)
        expect(read.verify(read.publicKey)).toBe(true)
        expect(read.ca).toBe(true)
        expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1')
        expect(read.validFromDate < now && now < read.validToDate).toBe(true)
      }),
    )
  })
})
