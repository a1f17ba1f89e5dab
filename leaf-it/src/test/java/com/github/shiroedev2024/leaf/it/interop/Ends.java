package com.github.shiroedev2024.leaf.it.interop;

/** What a program makes of the end of one direction. */
enum Ends {
  /** It passes it on and the other direction goes on. */
  EACH,
  /** It ends both directions, behind all bytes. */
  BOTH,
  /** It does not pass it on; all bytes come nevertheless. */
  HIDDEN,
  /** It loses bytes that have not arrived by then, with its own kind too. */
  LOST
}
