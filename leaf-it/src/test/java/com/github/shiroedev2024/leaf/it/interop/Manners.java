package com.github.shiroedev2024.leaf.it.interop;

/**
 * What a peer does in a combination, and what the checks therefore ask for.
 *
 * @param steady whether its connections work at all times, with its own kind too
 * @param datagrams whether it bears datagrams of several destinations
 * @param smallFirst whether its client takes small first writes only
 */
record Manners(Ends ends, boolean steady, boolean datagrams, boolean smallFirst) {
  /** How often a thing is tried that an unsteady peer spoils. */
  int attempts() {
    return steady ? 1 : 40;
  }

  /** How often a check is tried. Peers that end both directions at once race at it, if rarely. */
  int attempts(Check check) {
    return check == Check.HALF_CLOSE && ends == Ends.BOTH ? 5 : attempts();
  }
}
