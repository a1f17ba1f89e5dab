package com.github.shiroedev2024.leaf.engine.packet;

/** Why a packet went no further. */
public enum Drop {
  /** Shorter than its own headers say. */
  TRUNCATED("truncated"),
  /** Neither IPv4 nor IPv6. */
  VERSION("not IP"),
  /** A length field that cannot be true. */
  LENGTH("bad length"),
  /** The checksum does not fit the bytes. */
  CHECKSUM("bad checksum"),
  /** Too many IPv6 extension headers, or one that must not be followed (RFC 5095). */
  EXTENSION("extension header"),
  /** An address that no packet on a wire may have (RFC 1812 section 5.3.7). */
  MARTIAN("martian"),
  /** Sent to a group or to everybody. */
  MULTICAST("multicast"),
  /** Neither TCP nor UDP nor ICMP echo. */
  PROTOCOL("other protocol"),
  /** A fragment that does not fit the others, or came while too many were incomplete. */
  FRAGMENT("fragment"),
  /** Belongs to no connection that is known. */
  UNKNOWN("unknown connection"),
  /** Sent to a fake address that stands for no name. */
  UNMAPPED("fake address of no name"),
  /** Sent to the device's own subnet, where nobody else lives. */
  OWN_SUBNET("own subnet"),
  /** A table or a queue is full. */
  FULL("table full"),
  /** IPv6 while that is off. */
  IPV6("IPv6 is off"),
  /** The device did not take it. */
  WRITE("not written"),
  /** Lost to a fault of ours. */
  FAULT("fault");

  private final String text;

  Drop(String text) {
    this.text = text;
  }

  /** For people. */
  public String text() {
    return text;
  }
}
