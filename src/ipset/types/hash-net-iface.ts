import { iface } from '../dimensions/iface.ts'
import { netOrAll } from '../dimensions/net.ts'
import { hashType } from '../hash-type.ts'

/**
 * `hash:net,iface`: a network with a device. Once the network of a packet is listed with other devices only, larger
 * networks are not tried. Source: Linux ip_set_hash_netiface.c.
 */
export const hashNetIface = hashType('hash:net,iface', [netOrAll, iface], { aliases: ['netifacehash'] })
