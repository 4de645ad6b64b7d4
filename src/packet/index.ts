/** Packets: bytes with their headers found, built, written and read as text. */
export { packet } from './build.ts'
export { type Accounting, type Connection, CT_INFO, CT_STATUS, type Tuple } from './connection.ts'
export type { Device, DeviceAddress } from './device.ts'
export { parsePacketText } from './language.ts'
export { Packet, PKTTYPE, type SocketOwner } from './packet.ts'
export { printPacket, printPacketVerbose } from './print.ts'
export { replyTo } from './reply.ts'
