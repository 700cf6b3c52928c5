import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressRules, mayContact } from './address-rules.ts'

const closed = addressRules([])

it.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.0.8',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '[::1]',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'fc00::1',
  'fd12:3456::1',
  'ff02::1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001:db8::1',
  '2001::1',
  '100::1',
  'localhost',
  '',
])('refuses %s', (address) => {
  expect(mayContact(address, address, closed)).toBe(false)
})

it.each([
  '140.82.121.3',
  '172.32.0.1',
  '11.0.0.1',
  '2606:50c0:8000::153',
  '::ffff:140.82.121.3',
  '64:ff9b::140.82.121.3',
])('contacts %s, which is public', (address) => {
  expect(mayContact(address, address, closed)).toBe(true)
})

it.each([
  ['127.0.0.0/8', '127.3.2.1', 'a.example', true],
  ['127.0.0.0/8', '::ffff:127.0.0.1', 'a.example', true],
  ['127.0.0.0/8', '10.0.0.1', 'a.example', false],
  ['10.0.0.5', '10.0.0.5', 'a.example', true],
  ['10.0.0.5', '10.0.0.6', 'a.example', false],
  ['::1', '::1', '[::1]', true],
  ['fd00::/8', 'fd01::1', 'a.example', true],
  ['fd00::/8', '10.0.0.1', 'a.example', false],
  ['git.corp.example', '10.0.0.1', 'GIT.corp.example.', true],
  ['git.corp.example', '10.0.0.1', 'evil.git.corp.example', false],
  ['0.0.0.0/0', '::1', 'a.example', false],
  ['10.0.0.0/33', '10.0.0.1', 'a.example', false],
])('lets %s open %s under the name %s: %s', (entry, address, host, open) => {
  expect(mayContact(address, host, addressRules([entry]))).toBe(open)
})

it('treats an IPv4 address and its mapped form alike', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(mayContact(`::ffff:${address}`, 'a', closed)).toBe(mayContact(address, 'a', closed))
    }),
  )
})

it('reads every IPv6 literal', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      expect(mayContact(address, 'a', addressRules([address]))).toBe(true)
      expect(mayContact(address, 'a', addressRules(['::/0']))).toBe(true)
    }),
  )
})
